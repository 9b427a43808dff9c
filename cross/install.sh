#!/usr/bin/env bash
# Puts what build/PRESET holds where the system looks for it, or takes it away again. `./dev install` and `./dev uninstall` call it.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

usage() {
  cat <<'END'
usage: cross/install.sh install|uninstall|credential [--prefix DIR] [--build DIR]

`credential` is the step of `install` that sees to what seals a ward PC's keys: where there is none that opens, it makes one.

  --prefix DIR   default /usr/local; the configuration always goes to /etc/wardsync, the data to /var/lib/wardsync
  --build DIR    default build/release

With DESTDIR in the environment, everything goes below it, no account is made and no service manager is told.
END
}

say() { printf '%s\n' "$*" >&2; }
die() {
  say "cross/install.sh: $*"
  exit 1
}

prefix=/usr/local
build=build/release
root=${DESTDIR:-}
action=${1:-}
(($#)) && shift
while (($#)); do
  case $1 in
    --prefix) prefix=${2:?--prefix takes a directory} && shift 2 ;;
    --build) build=${2:?--build takes a directory} && shift 2 ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done
[[ $prefix == /* ]] || die "--prefix must begin with /"
manifest=$prefix/share/wardsync/installed-files

live() { [[ -z $root && -d /run/systemd/system ]]; }

# put MODE SOURCE TARGET: one file, and a line for the uninstallation
put() {
  install -D -m "$1" "$2" "$root$3"
  installed+=("$3")
}

put_programs() {
  local program
  for program in wardsync wardsync-centre; do
    [[ -x $build/bin/$program ]] || die "$build/bin/$program is missing; run: ./dev build release"
    put 0755 "$build/bin/$program" "$prefix/bin/$program"
    sed "s|@bindir@|$prefix/bin|" "cross/systemd/$program.service" >"$scratch/$program.service"
    put 0644 "$scratch/$program.service" "$prefix/lib/systemd/system/$program.service"
    put 0644 "$build/share/bash-completion/completions/$program" "$prefix/share/bash-completion/completions/$program"
    put 0644 "$build/share/zsh/vendor-completions/_$program" "$prefix/share/zsh/site-functions/_$program"
    put 0644 "$build/share/fish/vendor_completions.d/$program.fish" "$prefix/share/fish/vendor_completions.d/$program.fish"
  done
}

put_documents() {
  local page
  for page in "$build"/share/man/man1/*.1; do put 0644 "$page" "$prefix/share/man/man1/${page##*/}"; done
  for page in docs/*.md; do put 0644 "$page" "$prefix/share/doc/wardsync/${page##*/}"; done
  for page in LICENSE THIRD-PARTY-NOTICES.md; do put 0644 "$page" "$prefix/share/doc/wardsync/$page"; done
  for page in docs/examples/*.toml; do put 0644 "$page" "$prefix/share/doc/wardsync/examples/${page##*/}"; done
}

# What an administrator has written stays.
put_configuration() {
  local example
  for example in docs/examples/*.toml; do
    [[ -e $root/etc/wardsync/${example##*/} ]] || install -D -m 0644 "$example" "$root/etc/wardsync/${example##*/}"
  done
}

make_account() {
  [[ -z $root ]] || return 0
  getent group wardsync >/dev/null || groupadd --system wardsync
  getent passwd wardsync >/dev/null ||
    useradd --system --gid wardsync --home-dir /var/lib/wardsync --no-create-home --shell /usr/sbin/nologin --comment "wardsync" wardsync
}

# Whether nothing but the secret that systemd keeps opens the keys here.
sealed_by_system() {
  local program
  for program in wardsync wardsync-centre; do
    if "$prefix/bin/$program" key show --json 2>/dev/null | grep -q '"system"'; then return 0; fi
  done
  return 1
}

# What seals the keys of a ward's PC, or of a centre. Bound to the TPM, but to none of its registers: an update of the firmware, or of Secure Boot's lists, changes
# those. One that does not open stops the service before it runs; it stays only where something is sealed with it.
make_credential() {
  local credential=/etc/credstore.encrypted/wardsync-device-key
  [[ -z $root && -x /usr/bin/systemd-creds ]] || return 0
  if [[ -e $credential ]]; then
    if systemd-creds decrypt --name="${credential##*/}" "$credential" - >/dev/null 2>&1; then return 0; fi
    if sealed_by_system; then
      say "WARNING: $credential does not open on this PC, and the keys here are sealed with it."
      say "The service cannot start. See \"The keys of a PC\" in $prefix/share/doc/wardsync/technician.md, or \"What keeps the centre's keys\" in administrator.md."
      return 0
    fi
    mv "$credential" "$credential.$(date +%Y%m%d-%H%M%S).closed"
    say "$credential did not open on this PC: it was moved aside, and a new one is made."
  fi
  install -d -m 0700 "${credential%/*}"
  head -c 32 /dev/urandom | systemd-creds encrypt --name="${credential##*/}" --tpm2-pcrs= - "$credential.new" || return 0
  sync "$credential.new"
  mv "$credential.new" "$credential"
}

make_directories() {
  local directory
  for directory in /var/lib/wardsync /var/log/wardsync; do
    install -d -m 0750 "$root$directory"
    [[ -n $root ]] || chown wardsync:wardsync "$directory"
  done
}

run_install() {
  [[ -n $root || $EUID == 0 ]] || die "installing needs root: sudo ./dev install"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  installed=()
  put_programs
  put_documents
  put_configuration
  make_account
  make_directories
  if live; then make_credential; fi
  install -d "$root${manifest%/*}"
  printf '%s\n' "${installed[@]}" >"$root$manifest"
  if live; then
    systemctl daemon-reload
    systemctl try-restart wardsync.service wardsync-centre.service
  fi
  say "Installed below $root$prefix. A ward's PC goes on with $prefix/share/doc/wardsync/technician.md, a centre with administrator.md beside it."
}

run_credential() {
  [[ $EUID == 0 ]] || die "this needs root"
  make_credential
}

run_uninstall() {
  [[ -n $root || $EUID == 0 ]] || die "uninstalling needs root: sudo ./dev uninstall"
  [[ -r $root$manifest ]] || die "$root$manifest is missing: nothing is installed below $prefix"
  if live; then systemctl disable --now wardsync.service wardsync-centre.service 2>/dev/null || true; fi
  local path
  while IFS= read -r path; do
    [[ $path == "$prefix"/* && $path != *..* ]] || die "$root$manifest names $path, which is not below $prefix"
    rm -f "$root$path"
  done <"$root$manifest"
  rm -f "$root$manifest"
  rmdir -p --ignore-fail-on-non-empty "$root$prefix/share/wardsync" "$root$prefix/share/doc/wardsync/examples" 2>/dev/null || true
  if live; then systemctl daemon-reload; fi
  say "Uninstalled. Kept: /etc/wardsync, /var/lib/wardsync, /var/log/wardsync, what seals the keys in /etc/credstore.encrypted, and the account wardsync."
}

case $action in
  install | uninstall | credential) "run_$action" ;;
  *)
    usage >&2
    exit 2
    ;;
esac
