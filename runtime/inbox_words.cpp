#include "runtime/inbox_words.hpp"

#include <algorithm>
#include <span>

namespace ward::runtime {
namespace {

constexpr InboxWords kinds[] = {
    {"choose_value", "Hai nơi ghi khác nhau vào cùng một ô", "Two people wrote different things into one field",
     "Xem giấy tờ rồi chọn một giá trị, hoặc nhập giá trị đúng", "Look at the papers; choose one value, or enter the right one"},
    {"removed_but_edited", "Nơi này bỏ, nơi khác sửa cùng một mục; mục đó đang được giữ", "Removed here, edited there; it is kept for now",
     "Quyết định giữ lại hay bỏ đi", "Decide whether it stays or goes"},
    {"payment_differs", "Một số biên lai, hai nội dung khác nhau", "One receipt number, two contents",
     "Đối chiếu với cuống biên lai rồi chọn nội dung đúng", "Compare with the receipt's stub; choose what is right"},
    {"status_differs", "Hai nơi chuyển hồ sơ sang hai trạng thái ngang nhau; trạng thái trước đó đang được giữ",
     "Two statuses of equal weight; what was before stands for now", "Lãnh đạo chọn một trạng thái", "A leader chooses one"},
    {"contradicting_decisions", "Hai quyết định trái ngược nhau; chưa được trả kết quả",
     "Two decisions that contradict each other; nothing may be handed over", "Lãnh đạo quyết định quyết định nào có hiệu lực",
     "A leader decides which one holds"},
    {"withdrawal_after_result", "Công dân xin rút ở một nơi, nơi khác đã giải quyết xong", "Withdrawn at one place, finished at another",
     "Lãnh đạo quyết định: trả kết quả, hay cho rút", "A leader decides: hand the result over, or let it be withdrawn"},
    {"recall_supplement", "Đã yêu cầu bổ sung giấy tờ, nhưng hồ sơ đã đi hướng khác",
     "Papers were asked for, but the dossier went another way", "Báo công dân không cần bổ sung nữa, rồi ghi là đã xử lý",
     "Tell the citizen that they are not needed; then mark it as dealt with"},
    {"two_supplement_letters", "Yêu cầu bổ sung hai lần trong một lượt", "Papers were asked for twice in one round",
     "Gửi công dân một phiếu duy nhất ghi cả hai nội dung, rồi ghi là đã xử lý",
     "Send the citizen one letter with both; then mark it as dealt with"},
    {"lost_to_transition", "Một trạng thái khác đã được lấy; trạng thái này không có hiệu lực",
     "Another status was taken; this one has no effect", "Xem có cần làm gì với việc đã ghi không, rồi ghi là đã xử lý",
     "See whether anything must be done about it; then mark it as dealt with"},
    {"illegal_transition", "Trạng thái này không thể tiếp theo trạng thái trước đó", "This status cannot follow the one before",
     "Nhập trạng thái đúng, rồi ghi là đã xử lý", "Enter the right one; then mark this as dealt with"},
    {"act_by_revoked_user", "Người hoặc máy này đã bị thu hồi quyền trước khi ghi",
     "Its writer or PC had lost the right before this was written", "Lãnh đạo xem lại; nếu đúng thì tự ghi, rồi ghi là đã xử lý",
     "A leader looks at it; enters it himself where it is right; marks it as dealt with"},
    {"refused_act", "Việc này không có hiệu lực", "This act has no effect", "Xem lý do rồi làm lại nếu cần, hoặc ghi là đã xử lý",
     "See why; do it again where needed, or mark it as dealt with"},
    {"competing_accepts", "Hai đơn vị cùng tiếp nhận một hồ sơ; nơi ký trước được giữ",
     "Two units took over one dossier; the first to sign holds it",
     "Quản trị viên Trung tâm báo đơn vị kia trả lại giấy tờ, rồi ghi là đã xử lý",
     "The centre's administrator has the other unit return the papers; marks it as dealt with"},
    {"changed_after_offer", "Đơn vị giao đã sửa trong lúc bàn giao", "The giver changed this while it was handed over",
     "Xem thay đổi có đúng không, rồi ghi là đã xem", "See whether the change is right; then mark it as seen"},
    {"lost_custody_edit", "Được ghi ở nơi không còn giữ hồ sơ; giá trị của nơi đang giữ được lấy",
     "Written where the dossier no longer was; the holder's value shows", "Xem giá trị nào đúng; sửa nếu cần, rồi ghi là đã xem",
     "See which is right; correct it where needed, then mark it as seen"},
    {"lost_to_bad_clock", "Giá trị này không được lấy chỉ vì đồng hồ máy đó sai", "This value lost only because that PC's clock was wrong",
     "Xem giá trị nào đúng; nhập lại nếu cần, rồi ghi là đã xem", "See which is right; enter it again where needed, then mark it as seen"},
    {"overpaid", "Đã thu nhiều hơn số phải nộp", "More was paid than is due", "Kế toán đối chiếu và trả lại tiền, rồi ghi là đã xử lý",
     "The accountant compares and pays back; marks it as dealt with"},
    {"fee_does_not_fit_procedure", "Một người đổi thủ tục, người khác đổi phí; phí không khớp với thủ tục",
     "One changed the procedure, another the fee: they do not fit", "Sửa phí cho đúng, hoặc ghi là đúng như vậy",
     "Correct the fee, or mark it as right"},
};

constexpr InboxWords refusals[] = {
    {"outside_custody", "Đề xuất của đơn vị không giữ hồ sơ", "Proposed by a unit that does not hold the dossier",
     "Đơn vị đang giữ hồ sơ chấp nhận hoặc bỏ, có lý do", "The unit that holds it accepts or dismisses it, with a reason"},
    {"after_revocation", "Được ghi sau khi máy bị thu hồi quyền", "Written after its PC was revoked",
     "Chấp nhận nếu đúng, hoặc bỏ, có lý do", "Accept it where it is right, or dismiss it, with a reason"},
    {"disabled_user", "Người này không có, hoặc không còn, quyền ghi", "Its writer does not, or not any more, have the right to write",
     "Chấp nhận nếu đúng, hoặc bỏ, có lý do", "Accept it where it is right, or dismiss it, with a reason"},
    {"not_the_decider", "Người ghi không có quyền quyết định chỗ này", "Its writer may not decide this",
     "Người có quyền chấp nhận hoặc bỏ, có lý do", "Whoever may decides it, with a reason"},
    {"illegal_transition", "Trạng thái này không thể tiếp theo trạng thái trước đó", "This status cannot follow the one before",
     "Nhập trạng thái đúng, rồi ghi là đã xử lý", "Enter the right one; then mark this as dealt with"},
    {"lost_to_transition", "Một trạng thái khác đã được lấy", "Another status was taken", "Xem có cần làm gì không, rồi ghi là đã xử lý",
     "See whether anything must be done; then mark it as dealt with"},
    {"not_offered", "Hồ sơ không được bàn giao cho đơn vị này", "The dossier was not offered to that unit", "Ghi là đã xử lý",
     "Mark it as dealt with"},
    {"offer_closed", "Việc bàn giao này đã kết thúc từ trước", "That hand-over was over by then", "Ghi là đã xử lý",
     "Mark it as dealt with"},
    {"lost_custody", "Đơn vị khác đã tiếp nhận trước", "Another unit had taken it over first", "Ghi là đã xử lý", "Mark it as dealt with"},
    {"unknown_kind", "Máy này chưa hiểu loại việc này", "This program does not know what that is", "Cập nhật chương trình",
     "Update the program"},
    {"bad_path", "Việc này không có nghĩa ở chỗ đó", "This means nothing at that place", "Ghi là đã xử lý", "Mark it as dealt with"},
    {"wrong_type", "Giá trị không hợp với ô đó", "The value does not fit that field", "Nhập lại cho đúng, rồi ghi là đã xử lý",
     "Enter it anew; then mark this as dealt with"},
    {"missing_reference", "Việc này nói về điều mà người ghi chưa thấy", "It speaks of what its writer had not seen", "Ghi là đã xử lý",
     "Mark it as dealt with"},
    {"unsigned_act", "Chưa có chữ ký bằng khóa của người ghi", "Not signed with its writer's own key",
     "Hỏi người có tên: nếu đúng thì làm lại và ký, rồi ghi là đã xử lý",
     "Ask whose name it bears: if it is theirs, they do it again and sign; then mark it as dealt with"},
    {"set_aside", "Một bản ghi khác cùng số đã được chấp nhận", "Another record with its number was let in", "", ""},
};

constexpr InboxWords set_asides[] = {
    {"fork", "Máy ghi việc này đã cho hai bản ghi cùng một số; chưa bản nào có hiệu lực",
     "Its PC gave one number to two records; neither counts yet",
     "Quản trị viên của Trung tâm quyết định bản nào đứng; nếu cần ngay thì nhập lại việc này",
     "An administrator of the centre decides which stands; if it cannot wait, type it again"},
    {"settled_fork", "Quản trị viên đã cho một bản ghi khác cùng số đứng; việc này không có hiệu lực",
     "An administrator let another record with its number stand; this does not count",
     "Xem hồ sơ hiện nay; nếu việc này vẫn đúng thì nhập lại", "Look at the dossier as it is; if this is still right, type it again"},
    {"refused", "Trung tâm không nhận việc này", "The centre does not take this",
     "Gọi Trung tâm và đọc lý do; nếu việc này vẫn đúng thì nhập lại",
     "Call the centre and read out why; if this is still right, type it again"},
    {"revoked", "Máy này đã bị thu hồi trước khi gửi việc này; nó không có hiệu lực",
     "This PC was revoked before this was sent; it does not count",
     "Nhập lại ở máy khác của đơn vị, hoặc nhờ cán bộ kỹ thuật mang tệp của lệnh “wardsync sync hand-in” đến quản trị viên",
     "Type it again at another PC of the unit, or have a technician bring the file of `wardsync sync hand-in` to an administrator"},
    {"cut_off", "Một máy của đơn vị đã bị thu hồi; những gì nó chưa gửi không có ở đây",
     "A PC of this unit was revoked; what it had not sent is not here",
     "Ai đã làm việc ở máy đó thì xem lại các hồ sơ của mình hôm ấy, và nhập lại những gì thiếu",
     "Whoever worked there looks through their dossiers of those days, and types again what is missing"},
};

constexpr InboxWords roles[] = {
    {"custodian_clerk", "cán bộ của đơn vị đang giữ hồ sơ", "an official of the unit that holds the dossier", "", ""},
    {"officer_centre", "cán bộ của Trung tâm", "an official of the centre", "", ""},
    {"user", "người đã ghi, hoặc lãnh đạo đơn vị đang giữ hồ sơ", "whoever wrote it, or a leader of the unit that holds the dossier", "",
     ""},
    {"accountant", "kế toán của đơn vị đang giữ hồ sơ", "the accountant of the unit that holds the dossier", "", ""},
    {"leader", "lãnh đạo đơn vị đang giữ hồ sơ", "a leader of the unit that holds the dossier", "", ""},
    {"centre_admin", "quản trị viên của Trung tâm", "an administrator of the centre", "", ""},
};

/// Our own mistake when there is none of that name: a test asks for all of them.
const InboxWords& named(std::span<const InboxWords> list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  WARD_ASSERT(found != list.end());
  return *found;
}

}  // namespace

const InboxWords& words_of(merge::ConflictKind kind) { return named(kinds, merge::name_of(kind)); }
const InboxWords& words_of(merge::Refusal refusal) { return named(refusals, merge::name_of(refusal)); }
const InboxWords& words_of(merge::Decider::Role role) { return named(roles, merge::name_of(role)); }

const InboxWords& words_of_set_aside(std::string_view why) { return named(set_asides, why); }

void add_words(boost::json::object& item, const InboxWords& words) {
  item["words"] = boost::json::object{{"vi", words.vi}, {"en", words.en}};
  if (*words.todo_vi != '\0') item["todo"] = boost::json::object{{"vi", words.todo_vi}, {"en", words.todo_en}};
}

}  // namespace ward::runtime
