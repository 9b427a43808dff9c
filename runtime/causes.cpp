#include "runtime/causes.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr Cause catalogue[] = {
    // of devices, as the centre sees them
    {"offline", "Máy chưa liên lạc với trung tâm từ một giờ trở lên", "The PC has not called the centre for an hour or more",
     "Gọi cho đơn vị: máy có bật không, đường truyền có thông không", "Call the unit: is the PC on, is its line up?"},
    {"no_progress", "Máy có liên lạc nhưng hồ sơ chờ gửi không được tiếp nhận từ mười phút trở lên",
     "The PC calls, but nothing of what waits there was taken for ten minutes or more",
     "Xem lỗi kết nối gần nhất của máy; nếu lỗi lặp lại, thu thập gói hỗ trợ tại máy đó",
     "Look at its last link error; if it repeats, have a support bundle made there"},
    {"clock", "Đồng hồ của máy lệch quá năm phút", "The PC's clock is more than five minutes off",
     "Chỉnh lại ngày giờ trên máy và bật tự động đồng bộ giờ", "Set its date and time, and turn automatic time on"},
    {"codes", "Máy đang cấp mã hồ sơ tạm vì không còn số chính thức dùng được",
     "The PC gives provisional dossier codes: it has no official ones left that it may give",
     "Cấp thêm dải số: wardsync-centre codes give; nếu dải số còn, xem lý do tại máy đó: wardsync codes",
     "Give it a block: wardsync-centre codes give; if it has one, ask it for the reason: wardsync codes"},
    {"disk", "Ổ đĩa của máy sắp đầy", "The PC's disk is nearly full", "Giải phóng dung lượng trên ổ đĩa chứa dữ liệu",
     "Free some space on the disk that holds its data"},
    {"audit", "Nhật ký kiểm tra của máy ngắn hơn hoặc khác với nhật ký mà máy đã báo trước đây",
     "The PC's audit log is shorter, or another, than it had said",
     "Hỏi đơn vị có phục hồi máy hoặc ảnh đĩa không; xuất nhật ký của máy và so sánh",
     "Ask whether the PC was restored from an image; export its audit log and compare"},
    {"rollback", "Dữ liệu của máy là bản sao cũ của chính nó; phần thiếu đang được lấy lại",
     "The PC's data is an older copy of itself; what it lacks is being fetched",
     "Hỏi đơn vị có phục hồi máy hoặc ảnh đĩa không; chờ máy đồng bộ xong", "Ask whether the PC was restored from an image; let it sync"},
    {"copy", "Danh tính của máy này đang chạy trên hai máy: ổ đĩa đã bị sao chép, hoặc một ảnh đĩa được phục hồi nhiều lần",
     "This PC's identity runs twice: its disk was copied, or one image was put back again and again",
     "Tìm máy thứ hai và tắt nó; không mất gì, thay đổi của cả hai máy đều được tiếp nhận",
     "Find the second machine and stop it; nothing is lost, the changes of both are taken"},
    {"fork", "Hai bản ghi khác nhau mang cùng một số: dữ liệu của máy có thể đã bị sao chép sang máy khác",
     "Two different records carry one number: the PC's data may run on two machines",
     "Tìm máy thứ hai và tắt nó; nếu không rõ, thu hồi thiết bị rồi cấp lại",
     "Find the second machine and stop it; in doubt revoke, and enrol anew"},
    {"revoked_contact", "Thiết bị đã bị thu hồi vẫn liên lạc", "A revoked device still calls",
     "Kiểm tra máy đang ở đâu; cấp phiếu mới nếu thu hồi nhầm", "Find out where it is; make a new ticket if it was revoked by mistake"},
    {"waiting_for_approval", "Máy chờ quản trị viên phê duyệt", "The PC waits for an administrator's approval",
     "Gọi điện so 30 chữ số với máy đó rồi phê duyệt", "Compare the 30 digits by telephone, then approve"},
    // of what waits at a ward's PC
    {"link_down", "Không kết nối được với trung tâm", "The centre cannot be reached",
     "Kiểm tra đường truyền; máy tự thử lại, hồ sơ vẫn an toàn trên máy này",
     "Check the line; it is tried again by itself, and the work is safe on this PC"},
    {"paused", "Việc gửi đang tạm dừng", "Sending is paused", "Bấm tiếp tục gửi", "Resume it"},
    {"revoked", "Trung tâm đã thu hồi máy này", "The centre has revoked this PC", "Gọi cho trung tâm; không có gì trên máy này bị xóa",
     "Call the centre; nothing on this PC is deleted"},
    {"refused", "Trung tâm từ chối tiếp nhận một thay đổi", "The centre refuses one of the changes",
     "Gọi cho trung tâm; thay đổi vẫn được giữ trên máy này", "Call the centre; the change stays on this PC"},
    {"quota", "Hôm nay trung tâm đã nhận đủ lượng dữ liệu cho phép của máy này", "The centre has taken all that this PC may bring today",
     "Không mất gì: phần còn lại được gửi tiếp từ ngày mai; nếu cần sớm hơn, gọi cho trung tâm (wardsync-centre limits set)",
     "Nothing is lost: the rest goes on tomorrow; if it must be sooner, the centre can raise it (wardsync-centre limits set)"},
    // of codes that a ward's PC gives
    {"codes_no_identification", "Đơn vị chưa có mã định danh để cấp mã hồ sơ", "The unit has no identification code to number with",
     "Báo trung tâm bổ sung mã định danh của đơn vị", "Ask the centre to add the unit's identification code"},
    {"codes_no_block", "Trung tâm chưa cấp cho máy này dải số dùng được hôm nay", "The centre gave this PC no serials for today",
     "Kết nối với trung tâm; nếu vẫn thiếu, gọi cho trung tâm", "Connect to the centre; if it stays, call the centre"},
    {"codes_used_up", "Máy này đã dùng hết số của ngày hôm nay", "This PC has given all of today's serials",
     "Kết nối với trung tâm để nhận thêm; ngày mai máy lại có đủ số",
     "Connect to the centre to get more; tomorrow there are as many again"},
    {"codes_clock", "Chưa chắc hôm nay là ngày nào: đồng hồ của máy không đáng tin",
     "Which day it is, is not certain: this PC's clock is not believed", "Chỉnh lại ngày giờ của máy, hoặc kết nối với trung tâm",
     "Set date and time, or connect to the centre"},
    {"codes_memory", "Chưa chắc hôm nay máy này đã cấp những số nào: dữ liệu vừa được phục hồi hoặc máy tắt đột ngột",
     "Which codes this PC gave today is not certain: its data was restored, or it was cut off while saving",
     "Không cần làm gì: mã chính thức được cấp bổ sung khi kết nối lại, muộn nhất là ngày mai",
     "Nothing: the official codes follow once it is connected, tomorrow at the latest"},
    {"codes_copy", "Dữ liệu của máy này là bản sao cũ, hoặc đang chạy trên hai máy",
     "This PC's data is an older copy of itself, or runs on two machines",
     "Kết nối với trung tâm để lấy lại phần thiếu; nếu có máy thứ hai, tắt nó",
     "Connect to the centre; if there is a second machine, stop it"},
    // of changes that came and do not merge yet
    {"held_up_no_key", "Khóa để mở thay đổi này chưa có ở đây", "The key that opens this change is not here",
     "Chờ đồng bộ; nếu kéo dài, máy đã ghi cần kết nối lại", "Let it sync; if it lasts, the PC that wrote it must connect again"},
    {"held_up_unreadable", "Máy đã ghi ký một nội dung không mở hoặc không đọc được", "Its PC signed what does not open, or cannot be read",
     "Nhờ đơn vị đã ghi nhập lại; gửi gói hỗ trợ của máy đó", "Ask its unit to enter it again; have a support bundle made there"},
    {"held_up_newer_version", "Thay đổi do một phiên bản chương trình mới hơn ghi", "A newer version of the program wrote it",
     "Cập nhật chương trình ở đây", "Update the program here"},
    {"held_up_no_body", "Ở đây chỉ có mã băm của thay đổi này", "Only this change's hash is here",
     "Không cần làm gì nếu hồ sơ không thuộc đơn vị; nếu thuộc, gọi cho trung tâm",
     "Nothing where the dossier is not this unit's; else call the centre"},
    {"held_up_fork", "Hai thay đổi khác nhau mang cùng một số", "Two different changes carry one number",
     "Trung tâm chọn bên được công nhận: wardsync-centre fork list", "The centre lets one side stand: wardsync-centre fork list"},
    {"held_up_no_policy", "Nhật ký chính sách ở đây chưa có mục mà thay đổi này dựa vào",
     "The entry of the policy log by which it is judged is not here", "Chờ kết nối; nhật ký được tải trước",
     "Let it connect: the policy log comes first"},
    {"held_up_no_beginning", "Thay đổi tạo ra hồ sơ này chưa đến", "The change that creates its dossier has not arrived",
     "Máy có thay đổi đó phải kết nối lại", "The PC that has that change must connect"},
    {"held_up_no_past", "Một thay đổi mà người ghi đã thấy chưa đến", "A change that its writer had seen has not arrived",
     "Máy có thay đổi đó phải kết nối lại", "The PC that has that change must connect"},
    {"held_up_behind", "Một thay đổi mà người ghi đã thấy cũng đang chờ", "A change that its writer had seen waits itself",
     "Xem thay đổi đó chờ gì", "Look at what that one waits for"},
    {"held_up_cycle", "Thay đổi này và thay đổi khác chờ lẫn nhau; không chương trình đúng nào ghi như vậy",
     "This change and others wait for each other; no honest program writes that", "Kiểm tra máy đã ghi: có thể bị giả mạo",
     "Look at the PC that wrote it: it may be a forgery"},
    {"held_up_too_many", "Hồ sơ đã có số thay đổi tối đa", "The dossier has as many changes as can be",
     "Lập hồ sơ mới và liên kết hai hồ sơ", "Make a new dossier, and link the two"},
    {"held_up_at_centre", "Các bản ghi trước đó đang ở trung tâm", "The records before it are at the centre",
     "Chờ kết nối; chúng được tải về", "Let it connect: they are being fetched"},
    {"no_receipt", "Đã kết nối nhưng trung tâm chưa xác nhận", "The link is open, but the centre has not receipted it",
     "Chờ thêm; nếu kéo dài, bấm gửi ngay hoặc gọi cho trung tâm", "Wait; if it lasts, send now or call the centre"},
};

json::object json_of(const Cause& cause) { return {{"code", cause.code}, {"vi", cause.vi}, {"en", cause.en}}; }

}  // namespace

std::span<const Cause> causes() { return catalogue; }

const Cause& cause_of(std::string_view code) {
  const auto* found = std::find_if(std::begin(catalogue), std::end(catalogue), [&](const Cause& cause) { return cause.code == code; });
  WARD_ASSERT(found != std::end(catalogue));
  return *found;
}

void add_cause(json::object& row, const Cause& cause) {
  row["cause"] = json_of(cause);
  row["action"] = json::object{{"vi", cause.action_vi}, {"en", cause.action_en}};
}

void add_causes_route(Router& router) {
  const auto tell = [](const Request& request) {
    json::array out;
    for (const auto& cause : causes()) {
      json::object row;
      add_cause(row, cause);
      out.push_back(std::move(row));
    }
    return respond_unless_held(json::object{{"causes", std::move(out)}}, request);
  };
  router.add("GET", "/v1/causes", tell, For::callers);
}

}  // namespace ward::runtime
