# Windows on x86-64, from Windows 7 on. The posix flavour of the compiler: the other one lacks <thread>.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_VERSION 6.1)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
# gcc 12 takes it that the linker keeps this file's copy of an inline function, and believes that registers survive a call which the kept
# copy does not spare: `filled<32>()` between two arguments was enough to pass rubbish.
set(CMAKE_CXX_FLAGS_INIT "-D_WIN32_WINNT=0x0601 -fno-ipa-ra")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -fstack-protector-strong")  # the latter links what the compiled checks call
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/wine)
