/** Every text of both pages in Vietnamese: the catalogue. en.ts has the same shape, or it does not compile. */

type Age = {unit: 'seconds' | 'minutes' | 'hours' | 'days'; count: number};

const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, '.');

const workingDays = (days: number): string => `${days} ngày làm việc`;

export const vi = {
  age: ({unit, count}: Age): string => (unit === 'seconds' ? 'chưa đến 1 phút' : `${count} ${{minutes: 'phút', hours: 'giờ', days: 'ngày'}[unit]}`),
  money: (amount: number): string => `${grouped(amount)} đồng`,

  nav: {
    label: 'Các mục', skip: 'Đến nội dung chính', status: 'Tình trạng', loading: 'Đang tải…', dossiers: 'Hồ sơ', newDossier: 'Tiếp nhận hồ sơ',
    outbox: 'Chưa gửi', inbox: 'Cần quyết định', handOvers: 'Bàn giao', machine: 'Máy này', devices: 'Các máy', reports: 'Báo cáo', tickets: 'Phiếu đăng ký máy', users: 'Người dùng',
  },
  dialog: {cancel: 'Quay lại'},
  settings: {
    title: 'Hiển thị', language: 'Ngôn ngữ', theme: 'Màu nền', auto: 'Theo máy', light: 'Sáng', dark: 'Tối', textSize: 'Cỡ chữ', normal: 'Thường',
    large: 'Lớn', larger: 'Rất lớn',
  },
  session: {
    closed: 'Phiên làm việc đã kết thúc, hoặc trang chưa được mở đúng cách.',
    reopen: 'Chạy lệnh sau trên máy này rồi mở địa chỉ mà nó in ra; trang này sẽ tự tiếp tục:',
    draftsKept: 'Những gì đã nhập dở vẫn được giữ.',
    storageOff: 'Trình duyệt không cho lưu tạm: những gì nhập dở sẽ mất khi đóng trang này. Mọi chức năng khác vẫn dùng được.',
  },
  live: {
    unknownSince: (time: string): string => `Không rõ từ ${time}`,
    unknownWhy: 'Chương trình wardsync trên máy này không trả lời. Những gì đã báo “đã lưu” vẫn an toàn trên đĩa. Trang đang tự thử lại; nếu kéo dài, gọi cán bộ kỹ thuật.',
  },
  state: {
    on_this_pc: {name: 'Đã lưu tại máy này', why: 'Trung tâm chưa có bản này.'},
    sending: {name: 'Đang gửi', why: 'Đã lưu tại máy này; đang gửi về Trung tâm.'},
    stuck: {name: 'Gửi bị kẹt', why: 'Đã lưu tại máy này, nhưng hơn 10 phút chưa gửi được. Bấm “Gửi ngay” ở mục Chưa gửi; nếu vẫn kẹt, gọi Trung tâm.'},
    at_centre: {name: 'Trung tâm đã nhận', why: 'Trung tâm đã ký biên nhận; đang chờ cập nhật vào sổ chung.'},
    applied: {name: 'Đã cập nhật tại Trung tâm', why: ''},
    needs_you: {name: 'Cần bạn quyết định', why: 'Có chỗ ghi khác nhau, hoặc có việc chưa được chấp nhận.'},
    decide: (count: number): string => `Xem ${count} chỗ cần quyết định`,
    reasons: {
      conflict: 'Hai nơi ghi khác nhau.', attention: 'Có việc chưa được chấp nhận.', waiting: 'Còn thiếu phần đến trước; máy tự lấy khi có đường truyền.',
      refused: 'Trung tâm không nhận; vẫn giữ trên máy này. Gọi Trung tâm.',
    },
  },
  link: {
    connecting: 'Đang nối về Trung tâm.', open: 'Đã nối với Trung tâm', waiting: 'Chưa nối được với Trung tâm.',
    waiting_for_approval: 'Trung tâm chưa phê duyệt máy này.', revoked: 'Trung tâm đã thu hồi quyền của máy này.', paused: 'Đã tạm dừng gửi.',
    since: (time: string): string => `từ ${time}.`,
    nextTry: (time: string): string => `Thử lại lúc ${time}.`,
  },
  faults: {
    io: 'Không có đường truyền.', timeout: 'Trung tâm không trả lời.', not_member: 'Máy này chưa được phê duyệt.', revoked: 'Máy này đã bị thu hồi quyền.',
    unsupported: 'Phiên bản của hai bên không hợp nhau.', wrong_organisation: 'Máy này thuộc tổ chức khác.', fork: 'Dữ liệu của máy này có hai bản khác nhau; gọi Trung tâm.',
    malformed: 'Đường truyền bị nhiễu.', other: 'Đường truyền có sự cố.',
  },
  exposure: {
    lost: (dossiers: number, oldest: string): string => `Nếu máy này hỏng bây giờ, ${dossiers} hồ sơ sẽ mất${oldest ? `; cũ nhất ${oldest}` : ''}.`,
    nothing: 'Nếu máy này hỏng bây giờ, không mất hồ sơ nào.',
  },
  pages: {
    of: (list: string): string => `Các trang của mục ${list}`, back: '← Trang trước', forward: 'Trang sau →', range: (from: number, to: number): string => `${grouped(from)}–${grouped(to)}`,
  },
  list: {
    search: 'Tìm theo tên, mã, điện thoại, 4 số cuối giấy tờ', filter: 'Lọc theo trạng thái', all: 'Mọi trạng thái', needYou: 'Cần bạn quyết định', withVoid: 'Cả hồ sơ đã hủy',
    where: {mine: 'Đơn vị này đang giữ', offered_to_me: 'Đang giao đến đơn vị này', offered_by_me: 'Đơn vị này đã giao, chờ trả lời', elsewhere: 'Đang ở đơn vị khác'},
    owner: 'Chủ hồ sơ và mã', procedure: 'Thủ tục', status: 'Trạng thái hồ sơ', state: 'Đã an toàn chưa',
    none: 'Không có hồ sơ nào khớp.', noOwner: '(chưa có tên)', noCode: '(chưa có mã)',
    shown: (count: number, more: boolean): string => (more ? `${count} hồ sơ đầu tiên; còn nữa.` : `${count} hồ sơ.`),
    due: (time: string): string => `Hẹn trả ${time}`,
    unit: 'Đơn vị',
  },
  deadline: {
    title: 'Danh sách theo thời hạn',
    lists: {overdue: 'Quá hạn', today: 'Đến hạn hôm nay', soon: 'Sắp đến hạn', supplement: 'Chờ bổ sung hồ sơ', payment: 'Chờ nghĩa vụ tài chính'},
    words: (look: string, days: number | null): string => {
      if (look === 'overdue') return days ? `Quá hạn ${workingDays(-days)}` : 'Quá hạn từ hôm nay';
      if (look === 'today') return 'Đến hạn hôm nay';
      if (look === 'waiting') return days === null ? 'Tạm dừng tính thời hạn' : `Tạm dừng; còn ${workingDays(days)}`;
      if (look === 'soon' || look === 'later') return `Còn ${workingDays(days ?? 0)}`;
      return {early: 'Trước hạn', on_time: 'Đúng hạn', late: 'Quá hạn'}[look] ?? '';
    },
    countsAsLate: 'Tính là quá hạn: đã quá ngày hẹn đầu, hoặc đã yêu cầu bổ sung hơn một lần.',
    dayOff: 'Ngày hẹn rơi vào ngày nghỉ được quyết định sau; ngày đã hẹn giữ nguyên.',
    uncertain: 'Lịch nghỉ đến ngày đó chưa có quyết định.',
    calendarEnds: (day: string): string => (day ? `Lịch nghỉ mới có quyết định đến ${day}; ngày hẹn sau đó tính theo dự kiến.` : 'Lịch nghỉ năm nay chưa có quyết định; ngày hẹn tính theo dự kiến.'),
  },
  reports: {
    from: 'Tiếp nhận từ ngày', to: 'đến hết ngày', show: 'Xem', total: 'Tổng cộng', csv: 'Tải bảng (CSV)',
    percent: (permille: number): string => `${(permille / 10).toFixed(1).replace('.', ',')} %`,
    deadlines: 'Giải quyết đúng hạn', deadlinesWhy: 'Theo ngày kết thúc xử lý; hồ sơ bị yêu cầu bổ sung hơn một lần tính là quá hạn; sau phiếu xin lỗi vẫn so với ngày hẹn đầu.',
    share: 'Dịch vụ công trực tuyến', shareWhy: 'Hai cách tính: hồ sơ nộp trực tuyến trên tổng số hồ sơ tiếp nhận; thủ tục có ít nhất một hồ sơ trực tuyến trên số thủ tục cung cấp trực tuyến.',
    columns: {
      accepted: 'Tiếp nhận', early: 'Trước hạn', on_time: 'Đúng hạn', late: 'Quá hạn', open_good: 'Đang xử lý, trong hạn', open_late: 'Đang xử lý, quá hạn', asked_twice: 'Bổ sung hơn một lần',
      apologised: 'Có phiếu xin lỗi', in_time_permille: 'Tỷ lệ đúng và trước hạn', online: 'Trực tuyến', online_permille: 'Tỷ lệ hồ sơ trực tuyến', points_permille: 'Điểm đạt (50 % là đủ)',
      online_with_result: 'Có kết quả điện tử', services_offered: 'Thủ tục cung cấp trực tuyến', services_used: 'Thủ tục có hồ sơ trực tuyến', services_permille: 'Tỷ lệ thủ tục',
    },
  },
  drafts: {title: 'Đang nhập dở, chưa lưu', fresh: 'Hồ sơ mới', edit: 'Sửa', unnamed: 'chưa có tên', drop: 'Bỏ'},
  form: {
    required: '(bắt buộc)', procedure: 'Thủ tục hành chính', procedureHint: 'Gõ mã hoặc tên, không cần dấu; mũi tên để chọn, Enter để nhận.', noProcedure: 'Không có thủ tục nào khớp.',
    sameDay: 'Giải quyết trong ngày', free: 'Không thu phí',
    within: (count: number, unit: string, working: boolean): string => `${count} ${unit === 'hour' ? 'giờ' : 'ngày'}${working ? ' làm việc' : ''}`,
    more: 'Thêm mục khác', less: 'Bớt các mục khác', nothing: '—',
    dateHint: 'ngày/tháng/năm, hoặc chỉ năm', timeHint: 'ngày/tháng/năm giờ:phút', codeHint: 'Mã đã in trên giấy tiếp nhận, nếu có.',
    proposed: 'Đề xuất theo thủ tục và lịch làm việc; sửa được trước khi lưu.',
    proposedUncertain: 'Đề xuất; lịch nghỉ đến ngày đó chưa có quyết định. Sửa được trước khi lưu.',
    roundHint: 'Ghi vào phiếu yêu cầu bổ sung (mẫu 02); thời hạn tạm dừng từ lúc lưu.', roundClosed: 'Khi lưu, lần bổ sung được ghi xong:',
    addPaper: 'Thêm giấy tờ', papersHeld: 'Đã nhận:', dropPaper: (number: number): string => `Bỏ giấy tờ ${number}`, save: 'Lưu hồ sơ', saving: 'Đang lưu…', draftKept: 'Phần đang nhập được giữ lại cho đến khi lưu.',
    unseen: 'Có ký tự ẩn trong ô này (thường do sao chép từ nơi khác).', dropUnseen: 'Bỏ ký tự ẩn',
    undecided: 'Đang chờ quyết định', undecidedBanner: 'Có ô đang chờ quyết định ở mục Cần quyết định; không sửa được ở đây.',
    errors: {
      missing: 'Ô này bắt buộc.', date: 'Không phải là ngày. Viết như 31/12/2020, hoặc chỉ năm.', time: 'Không phải là thời điểm. Viết như 31/12/2020 09:30.',
      too_long: 'Dài quá 4.000 ký tự. Viết ngắn lại, hoặc đính kèm thành tệp.',
    },
    doubts: {
      identity_length: 'Số này không có 9 hay 12 chữ số. Xem lại giấy tờ.', identity_birth: 'Năm sinh không khớp với số căn cước. Xem lại giấy tờ.',
      identity_sex: 'Giới tính không khớp với số căn cước. Xem lại giấy tờ.', phone: 'Không giống số điện thoại. Xem lại.',
      code_form: 'Không giống mã hồ sơ thường dùng. Xem lại.',
    },
  },
  similar: {
    title: 'Cùng người, cùng thủ tục hôm nay?', why: 'Hôm nay máy này đã có hồ sơ giống như vậy. Chưa có gì được lưu.', back: 'Quay lại', saveAnyway: 'Vẫn lưu thành hồ sơ khác',
  },
  dossier: {
    back: '← Danh sách hồ sơ', edit: 'Sửa hồ sơ', propose: 'Đề xuất sửa', notes: 'Ghi chép', newNote: 'Thêm ghi chép', addNote: 'Ghi vào', voided: 'Đã hủy',
    notAccepted: 'Chưa được chấp nhận; vẫn được giữ cho đến khi có người quyết định:', changeStatus: 'Chuyển trạng thái…',
    recordsAtCentre: 'Hồ sơ đã kết thúc từ lâu: máy này giữ bản tóm tắt, lịch sử còn ở Trung tâm và được lấy về khi cần.',
    recordsNotNow: 'Hiện không có đường truyền tới Trung tâm: xem và in được, chưa sửa hay xem lịch sử được.',
  },
  voiding: {
    open: 'Hủy hồ sơ lập nhầm', title: 'Hủy hồ sơ này?', explain: 'Hồ sơ vẫn được giữ, đánh dấu “đã hủy” cùng lý do, tên và thời điểm. Không có gì bị xóa.',
    why: 'Lý do hủy', back: 'Bỏ đánh dấu hủy', keep: 'Không hủy', confirm: 'Hủy hồ sơ',
  },
  apology: {
    open: 'Xin lỗi và hẹn lại', title: 'Phiếu xin lỗi và hẹn lại ngày trả kết quả (mẫu 04)', explain: 'Ngày hẹn mới thay ngày hẹn cũ trong các danh sách; việc đúng hạn hay quá hạn vẫn so với ngày hẹn đầu.',
    due: 'Ngày hẹn trả mới', why: 'Lý do chậm', confirm: 'Ghi phiếu xin lỗi',
  },
  code: {
    copy: 'Chép mã', read: 'Đọc mã', copied: 'Đã chép.', notCopied: 'Trình duyệt không cho chép; bôi đen mã rồi bấm Ctrl+C.', dot: 'chấm', hyphen: 'gạch', also: 'Mã khác:',
    provisional: 'Đây là mã tạm.', officialFollows: 'Cứ ghi vào giấy tiếp nhận và đọc cho công dân: mã tạm luôn dùng được. Mã chính thức được cấp bổ sung tự động, rồi hiện ở đây trước.',
  },
  shared: {
    title: (count: number): string => `${grouped(count)} mã hồ sơ bị trùng`, explain: 'Mỗi mã dưới đây đang chỉ nhiều hồ sơ: có thể máy đã bị sao chép, hoặc nhập trùng. Hệ thống không tự đổi mã của ai. Hồ sơ lập trùng thì hủy một; nếu đều là thật, cấp thêm mã riêng.',
    elsewhere: 'ở đơn vị khác', voided: 'đã hủy', another: 'Cấp thêm mã riêng', anotherTitle: 'Cấp thêm mã chính thức cho hồ sơ này?', anotherWhy: 'Lý do (lưu cùng hồ sơ)', anotherKeeps: 'Các mã đã có vẫn dùng được.', confirm: 'Cấp mã', cancel: 'Không cấp',
  },
  history: {
    title: 'Lịch sử', takenBack: 'Lấy lại giá trị trước đó', whyOpen: 'Vì sao?', whyTitle: (field: string): string => `Vì sao ô “${field}” hiện như vậy`, close: 'Đóng', signed: 'đã ký bằng khóa của công chức', why: 'Lý do:', device: (id: string): string => `máy ${id}`,
    standings: {
      shown: 'đang dùng', replaced: 'đã được thay', lost: 'không dùng (có bản ghi sau)', in_conflict: 'chờ quyết định', proposed: 'chưa được chấp nhận', not_applied: 'không áp dụng được',
      approved: 'đề xuất đã được chấp nhận', dismissed: 'đã được bỏ qua, có lý do', waiting: 'chờ dữ liệu trước đó', erased: 'đã xóa theo lệnh',
    },
    because: {
      nothing_entered: 'Chưa ai nhập gì vào ô này.', not_merged: 'Giá trị đã nhập không áp dụng được, hoặc chưa áp dụng được; xem từng dòng dưới đây.', only_value: 'Đây là giá trị duy nhất đã được nhập.',
      newest: 'Người nhập giá trị này đã thấy giá trị trước và thay nó.', agreed: 'Nhiều người nhập giống nhau dù chưa thấy của nhau.',
      later_clock: 'Nhiều giá trị được nhập khi chưa thấy của nhau; ô này lấy giá trị nhập sau.', believed_clock: 'Giá trị có giờ muộn hơn được nhập trên máy có đồng hồ sai; giờ đúng được lấy trước giờ sai.',
      taken_back: 'Một quyết định đã được rút lại; giá trị trước quyết định đó hiện trở lại.', undecided: 'Các giá trị khác nhau được nhập khi chưa thấy của nhau; chờ người có thẩm quyền quyết định.',
      weightier: 'Hai trạng thái được ghi khi chưa thấy của nhau; trạng thái có trọng số lớn hơn được lấy.', custodian: 'Giá trị kia được ghi ở nơi không còn giữ hồ sơ; giá trị của nơi đang giữ được lấy.', approved: 'Được đơn vị khác đề xuất, và người có quyền đã chấp nhận.',
      removed: 'Người bỏ mục này đã thấy nó trước khi bỏ.', each_element: 'Đây là một danh sách; mỗi mục có lý do riêng.',
    },
  },
  edit: {
    title: 'Sửa hồ sơ', back: '← Về hồ sơ, giữ phần đang sửa', why: 'Lý do sửa (không bắt buộc)', cancel: 'Bỏ sửa',
    save: (count: number): string => (count === 0 ? 'Chưa có gì thay đổi' : `Lưu ${count} thay đổi`),
    meanwhile: 'Trong lúc bạn đang sửa, hồ sơ này đã được sửa ở nơi khác:',
    meanwhileSafe: 'Bạn vẫn lưu được, không ghi đè lên ai: nếu hai bên cùng sửa một ô, hệ thống sẽ hỏi ở mục Cần quyết định.',
  },
  outbox: {
    explain: 'Những hồ sơ có thay đổi mới chỉ nằm trên máy này. Chúng được gửi tự động khi có đường truyền.', none: 'Mọi thứ đã được Trung tâm nhận.', sendNow: 'Gửi ngay', resume: 'Gửi tiếp',
    refused: (count: number): string => `Trung tâm không nhận ${count} gói dữ liệu. Gọi Trung tâm; dữ liệu vẫn còn trên máy này.`,
    age: 'Đã chờ', reason: 'Vì sao, việc cần làm', since: (time: string, count: number): string => `từ ${time}, ${count} thay đổi`,
    attempts: (count: number): string => `Đã thử nối ${count} lần không được.`,
  },
  inbox: {
    explain: 'Hệ thống không tự chọn thay người: hãy xem giấy tờ rồi quyết định, có lý do. Mọi giá trị khác vẫn còn trong lịch sử, và quyết định nào cũng lấy lại được trong 30 ngày.',
    all: '← Tất cả các chỗ cần quyết định', none: 'Không có gì cần quyết định.', noneHere: 'Trang này không có gì thuộc phần đã chọn; xem trang sau.', before: 'Trước đó', here: 'Tại máy này', there: 'Nơi khác', nothingBefore: '(trước đó chưa có)',
    theirs: 'Chờ nơi giữ hồ sơ hoặc người có quyền quyết định', empty: '(để trống)', removed: 'Bỏ đi', stays: 'Giữ lại', another: 'Giá trị khác…', otherValue: 'Giá trị đúng', why: 'Lý do',
    chooseFirst: 'Chọn một cách để xem trước kết quả.', preview: 'Sau khi quyết định:', nothingChanges: 'Không có ô nào thay đổi.', othersStay: 'Các giá trị khác còn trong lịch sử.',
    left: (count: number): string => `Hồ sơ này còn ${count} chỗ khác cần quyết định.`, confirm: 'Quyết định', notForYou: 'Chỗ này do người khác quyết định; ở đây chỉ xem được.', wouldNotApply: 'Quyết định này sẽ không có hiệu lực.',
    clockBad: 'đồng hồ máy đó sai', hadSeen: 'Khi ghi đã thấy:', sameAct: 'Cùng lúc đó:', approve: 'Chấp nhận đề xuất', dismiss: 'Đã xem và xử lý', dismissProposal: 'Không chấp nhận',
    forWhom: 'Người quyết định:', levels: {decider: 'đang ở người quyết định', leader: 'đã lên lãnh đạo đơn vị', centre: 'đã lên Trung tâm'},
    goesUp: (time: string): string => `(lên cấp trên lúc ${time})`, blocks: (statuses: string): string => `chưa thể chuyển sang: ${statuses}`,
    alike: (count: number): string => `Quyết định như vậy cho cả ${count} trường hợp giống hệt nhau`,
    whose: 'Ai quyết định', everybody: 'mọi người', mine: 'tôi', level: 'Cấp', anyLevel: 'mọi cấp',
    acts: {offer: 'Bàn giao', accept: 'Tiếp nhận bàn giao', decline: 'Từ chối bàn giao', recall: 'Rút lại bàn giao', approve: 'Chấp nhận đề xuất', dismiss: 'Ghi là đã xử lý'},
  },
  unapplied: {
    proposed: 'Đề xuất', refused: 'Không có hiệu lực',
    ways: {
      approve: {open: 'Chấp nhận…', title: 'Chấp nhận đề xuất này?', explain: 'Giá trị được đề xuất sẽ thay giá trị hiện tại, như thể bạn tự ghi.', confirm: 'Chấp nhận'},
      dismiss: {open: 'Không chấp nhận…', title: 'Không chấp nhận?', explain: 'Việc này không còn hiện ở đây; nó vẫn còn trong lịch sử cùng lý do của bạn.', confirm: 'Không chấp nhận'},
    },
  },
  custody: {
    title: 'Nơi giữ hồ sơ', heldBy: 'Đang ở', since: (time: string): string => `từ ${time}`, inFlight: 'Đang bàn giao:', open: 'Bàn giao cho đơn vị khác…',
    elsewhere: 'Đơn vị này không giữ hồ sơ: ghi chép, giấy tờ và biên lai vẫn thêm được; sửa các ô khác thành đề xuất gửi nơi đang giữ.',
    offerTitle: 'Bàn giao hồ sơ', offerExplain: 'Hồ sơ vẫn ở đơn vị này cho đến khi bên nhận đã kiểm giấy tờ và tiếp nhận. Giấy tờ gửi theo phiếu kiểm soát.', to: 'Đơn vị nhận', toHint: 'Gõ tên hoặc mã, không cần dấu; mũi tên để chọn, Enter để nhận.', noUnit: 'Không có đơn vị nào khớp.',
    note: 'Gửi kèm', noteHint: 'Số bản, giấy tờ gốc, điều bên nhận cần biết.', offer: 'Bàn giao',
    papersChecked: (count: number): string => (count === 0 ? 'Đã kiểm tra tập giấy tờ' : `Đã kiểm tra đủ ${count} giấy tờ trên`), late: 'Quá một ngày làm việc chưa ai trả lời',
    explain: 'Hồ sơ trên đường từ đơn vị này sang đơn vị khác. Bên giao vẫn giữ hồ sơ cho đến khi bên nhận tiếp nhận.', incoming: 'Giao đến đơn vị này', noneIncoming: 'Không có hồ sơ nào đang giao đến.',
    outgoing: 'Đơn vị này đã giao, chờ trả lời', noneOutgoing: 'Không có hồ sơ nào đang chờ trả lời.', allLate: 'Quá một ngày làm việc chưa ai trả lời, mọi đơn vị', noneLate: 'Không có hồ sơ nào bị chậm.',
    fromTo: 'Giao → nhận', offeredAt: 'Giao lúc',
    answers: {
      accept: {open: 'Tiếp nhận…', title: 'Tiếp nhận hồ sơ này?', explain: 'Kiểm tra tập giấy tờ trước. Từ lúc tiếp nhận, đơn vị này chịu trách nhiệm về hồ sơ.', why: 'Ghi chú (không bắt buộc)', confirm: 'Tiếp nhận'},
      decline: {open: 'Từ chối…', title: 'Từ chối tiếp nhận hồ sơ này?', explain: 'Hồ sơ ở lại bên giao. Gửi trả tập giấy tờ.', why: 'Lý do', confirm: 'Từ chối'},
      recall: {open: 'Rút lại…', title: 'Rút lại bàn giao?', explain: 'Nếu bên nhận đã tiếp nhận trước khi biết, hồ sơ là của bên nhận.', why: 'Lý do (không bắt buộc)', confirm: 'Rút lại'},
    },
  },
  linked: {
    heading: 'Các phần liên thông', told: 'Trả lời công dân:', open: 'Phân hồ sơ liên thông…', title: 'Phân hồ sơ liên thông', confirm: 'Phân hồ sơ', partOf: 'Phần của hồ sơ', taker: 'Đơn vị giải quyết phần này',
    explain: 'Mỗi phần thành một hồ sơ có mã riêng, giao cho đơn vị giải quyết. Công dân vẫn chỉ có một giấy hẹn; nơi tiếp nhận theo dõi mọi phần đến khi xong.', nothing: 'Không còn phần nào phải lập hoặc bàn giao.',
    offeredNow: 'bàn giao ngay', ours: 'đơn vị này giải quyết', waitsFor: (part: string): string => `chờ: ${part}`, by: (due: string): string => `hẹn trả ${due}`, noUnit: 'chưa rõ đơn vị', late: 'phần này quá hạn',
    desk: (unit: string): string => `nơi tiếp nhận ${unit} theo dõi phần này đến khi xong`, disputed: 'Hai máy đã phân hồ sơ này cùng lúc:', heads: ['Phần', 'Đơn vị', 'Đến đâu', 'Thời hạn'] as readonly string[],
    counts: (of: {count: number; ended: number; refused: number; declined: number; late: number}): string =>
      [`xong ${of.ended}/${of.count} phần`, of.refused > 0 && `${of.refused} không giải quyết`, of.declined > 0 && `${of.declined} bị từ chối nhận`, of.late > 0 && `${of.late} quá hạn`].filter(Boolean).join(', '),
    stages: {
      planned: 'chưa lập', waits: 'chờ phần khác', ready: 'đến lượt bàn giao', offered: 'đang bàn giao', declined: 'bị từ chối tiếp nhận', in_work: 'đang giải quyết', finished: 'đã xong', refused: 'không giải quyết hoặc đã dừng', voided: 'lập nhầm',
      disputed: 'có hai hồ sơ, phải chọn', unknown: 'hồ sơ phần này không có ở đây',
    },
  },
  slip: {
    open: 'Phiếu kiểm soát', back: '← Về hồ sơ', title: 'Phiếu kiểm soát quá trình giải quyết hồ sơ', form: 'Mẫu số 05, Thông tư 01/2018/TT-VPCP; lập từ nhật ký bàn giao.', received: 'Tiếp nhận', due: 'Hẹn trả',
    heads: ['TT', 'Bên giao', 'Bên nhận', 'Giữ đến', 'Thời gian làm việc', 'Kết quả', 'Ghi chú', 'Ký giao, nhận'] as readonly string[], lodged: 'Công dân nộp', stillThere: 'đang giữ',
    worked: (hours: number, minutes: number): string => `${hours} giờ ${minutes} phút`, by: (step: boolean, due: string): string => `${step ? 'hạn của bước' : 'hạn của cả hồ sơ'} ${due}`, print: 'In phiếu', signed: (user: string): string => `Đã ký số: ${user}`,
    judgements: {none: 'chưa tính được', early: 'trước hạn', on_time: 'đúng hạn', late: 'quá hạn', open_good: 'còn hạn', open_late: 'đang quá hạn'},
  },
  status: {
    title: 'Chuyển trạng thái hồ sơ', now: 'Hiện nay:', next: 'Trạng thái tiếp theo', nothingNext: 'Không có trạng thái nào tiếp theo.', why: 'Lý do', whatMissing: 'Giấy tờ phải bổ sung', confirm: 'Chuyển',
    blocked: 'Chưa chuyển được:', decideFirst: 'có chỗ phải quyết định trước',
  },
  sign: {
    title: 'Ký bằng khóa của công chức', explain: 'Tài khoản này có khóa riêng: cắm USB, chọn tệp khóa rồi gõ cụm mật khẩu. Cả hai chỉ dùng để ký việc này, không được lưu ở đâu.',
    file: 'Tệp khóa trên USB', passphrase: 'Cụm mật khẩu của khóa', show: 'Hiện chữ đang gõ', tooLarge: 'Tệp này lớn quá, không phải là tệp khóa.', unreadable: 'Không đọc được tệp này. Cắm lại USB rồi chọn lại.',
  },
  leave: {
    open: 'Để cán bộ chuyên môn quyết định…', title: 'Để cán bộ chuyên môn quyết định?', why: 'Ghi chép cho cán bộ chuyên môn', confirm: 'Để lại và ghi chép',
    explain: 'Chỗ này vẫn mở cho đến khi có người quyết định. Ghi chép được lưu vào hồ sơ; ai mở hồ sơ cũng thấy.', left: 'Đã để cán bộ chuyên môn quyết định:',
    note: (field: string): string => `Để cán bộ chuyên môn quyết định (${field}): `,
  },
  decided: {
    title: 'Đã quyết định trong 30 ngày qua', between: 'Chọn giữa:', undo: 'Lấy lại quyết định này', until: (time: string): string => `Lấy lại được đến ${time}; chỗ đó sẽ lại chờ quyết định.`,
    noLonger: 'Đã được lấy lại, hoặc đã có người ghi giá trị khác sau đó.', confirm: 'Lấy lại',
  },
  machine: {
    unit: 'Đơn vị', device: 'Mã máy', centre: 'Địa chỉ Trung tâm', receipted: 'Trung tâm đã ký nhận', waiting: 'Thay đổi chưa gửi', dossiers: 'Số hồ sơ trên máy',
    clock: 'Đồng hồ so với Trung tâm', clockOffset: (seconds: number): string => `${seconds > 0 ? '+' : ''}${seconds} giây`, disk: 'Đĩa còn trống',
    megabytes: (count: number): string => `${grouped(count)} MB`, lastError: 'Lỗi đường truyền gần nhất', version: 'Phiên bản',
    codes: 'Mã hồ sơ còn lại hôm nay', codesLeft: (count: number, until: string): string => `${grouped(count)}${until ? `, có số đến ${until}` : ''}`,
    codesProvisional: (count: number): string => `đang cấp mã tạm; ${grouped(count)} hồ sơ chờ mã chính thức`,
  },
  alarm: {
    rollback: 'Trung tâm đang giữ ít hơn những gì nó đã ký nhận.', twoFaces: 'Trung tâm đã ký hai lịch sử khác nhau.', summary: 'Bản tóm tắt của một hồ sơ không khớp với lịch sử của nó; máy này theo lịch sử.', revoked: 'Máy này đã bị thu hồi quyền.',
    callCentre: 'Gọi quản trị viên của Trung tâm. Dữ liệu trên máy này vẫn còn nguyên.',
    clock: (minutes: number): string => (minutes === 0 ? 'Đồng hồ của máy này sai.' : `Đồng hồ của máy này sai ${grouped(minutes)} phút.`), setClock: 'Chỉnh lại ngày giờ của máy; hồ sơ vẫn lưu được.',
    disk: (megabytes: number): string => `Đĩa chỉ còn ${megabytes} MB.`, freeDisk: 'Xóa bớt tệp không cần; khi đĩa đầy thì không lưu được nữa.',
    quarantined: (count: number): string => `${count} bản ghi nhận về không hợp lệ và được để riêng.`,
  },
  person: {
    label: 'Người làm', none: 'Tên tài khoản', choose: 'Chọn tên của mình…', add: 'Thêm tên…', name: 'Họ và tên', use: 'Dùng tên này',
    provesNothing: 'Tên này được ghi vào lịch sử. Ai ngồi ở máy cũng chọn được, nên nó không chứng minh được ai đã làm.',
  },
  troubles: {
    unknown: {what: 'Có sự cố.', remedy: 'Làm lại; nếu vẫn vậy, gọi cán bộ kỹ thuật và đọc dòng dưới đây.'},
    unreachable: {what: 'Chương trình wardsync trên máy này không trả lời.', remedy: 'Chưa rõ việc này đã được lưu chưa. Phần đang nhập vẫn được giữ; bấm lại, việc này không bị làm hai lần.'},
    at_centre: {what: 'Lịch sử của hồ sơ này còn ở Trung tâm và chưa lấy về được; chưa có gì được lưu.', remedy: 'Làm lại sau giây lát; nếu mất đường truyền, chờ có lại.'},
    not_found: {what: 'Ở đây không có.', remedy: 'Xem lại mã; danh sách cho biết những gì có ở đây.'},
    ambiguous: {what: 'Nhiều hồ sơ có cùng mã này.', remedy: 'Mở từ danh sách.'},
    invalid: {what: 'Nội dung này chưa được chấp nhận; chưa có gì được lưu.', remedy: 'Sửa lại rồi lưu lần nữa.'},
    too_large: {what: 'Nội dung dài quá; chưa có gì được lưu.', remedy: 'Viết ngắn lại, hoặc đính kèm thành tệp.'},
    not_the_holder: {what: 'Hồ sơ đang ở đơn vị khác; chưa có gì được lưu.', remedy: 'Việc này thuộc đơn vị đang giữ hồ sơ.'},
    not_the_decider: {what: 'Chỗ này do người khác quyết định; chưa có gì được lưu.', remedy: 'Để lại cho người có quyền.'},
    not_offered: {what: 'Hồ sơ này không được bàn giao cho đơn vị này.', remedy: 'Xem lại hồ sơ: ai giao cho ai.'},
    offer_closed: {what: 'Việc bàn giao này đã kết thúc.', remedy: 'Xem hồ sơ hiện đang ở đâu.'},
    illegal_status: {what: 'Trạng thái này không thể tiếp theo trạng thái hiện nay; chưa có gì được lưu.', remedy: 'Chọn một trạng thái trong danh sách.'},
    parts_open: {what: 'Còn phần liên thông chưa xong; chưa có gì được lưu.', remedy: 'Hồ sơ xong khi mọi phần đã kết thúc; một phần không giải quyết được không hủy các phần khác.'},
    not_linked: {what: 'Hồ sơ này không phân thành các phần liên thông được; chưa có gì được lưu.', remedy: 'Có thể bàn giao cả hồ sơ.'},
    not_accepted: {what: 'Chỉ phân hồ sơ đã được tiếp nhận hoặc đang xử lý; chưa có gì được lưu.', remedy: 'Chuyển trạng thái trước.'},
    no_unit: {what: 'Chưa rõ đơn vị nào giải quyết một phần; chưa có gì được lưu.', remedy: 'Chọn đơn vị cho phần đó.'},
    blocked: {what: 'Có chỗ phải được quyết định trước; chưa có gì được lưu.', remedy: 'Xem mục Cần quyết định.'},
    not_alike: {what: 'Số trường hợp giống nhau đã thay đổi; chưa có gì được quyết định.', remedy: 'Xem lại rồi quyết định lần nữa.'},
    unknown_user: {what: 'Tên này không có tài khoản ở đơn vị; chưa có gì được lưu.', remedy: 'Chọn tên của mình ở góc trên; nếu không có, gọi quản trị viên của Trung tâm.'},
    disabled_user: {what: 'Tài khoản này đã ngừng; chưa có gì được lưu.', remedy: 'Chọn tên khác ở góc trên, hoặc gọi quản trị viên của Trung tâm.'},
    unsigned_act: {what: 'Tài khoản này có khóa riêng; việc này phải được ký bằng khóa đó. Chưa có gì được lưu.', remedy: 'Chọn tệp khóa và gõ cụm mật khẩu ở trên, rồi bấm lại.'},
    wrong_passphrase: {what: 'Cụm mật khẩu này không mở được khóa; chưa có gì được lưu.', remedy: 'Gõ lại; xem bộ gõ tiếng Việt và phím Caps Lock. Nếu đã quên thì không ai mở được nữa: làm khóa mới và báo Trung tâm.'},
    not_a_key_file: {what: 'Tệp này không phải là tệp khóa của công chức, hoặc đã hỏng; chưa có gì được lưu.', remedy: 'Chọn tệp mà lệnh “wardsync official new-key” đã ghi, không phải tệp .pub.'},
    not_your_key: {what: 'Đây không phải là khóa mà Trung tâm đã ghi cho tài khoản này; chưa có gì được lưu.', remedy: 'Xem tên ở góc trên và tệp trên USB; khóa mới thì quản trị viên của Trung tâm phải ghi trước.'},
    passphrase_too_long: {what: 'Cụm mật khẩu dài quá 1.024 byte; chưa có gì được lưu.', remedy: 'Gõ lại đúng cụm mật khẩu của khóa.'},
    no_memory_for_key: {what: 'Máy không còn đủ bộ nhớ để mở khóa; chưa có gì được lưu.', remedy: 'Đóng bớt chương trình rồi bấm lại.'},
    reads_only: {what: 'Tài khoản này chỉ được xem; chưa có gì được lưu.', remedy: 'Để người có nhiệm vụ làm việc này.'},
    disabled: {what: 'Máy hoặc người này không còn quyền.', remedy: 'Gọi Trung tâm.'},
    exists: {what: 'Đã có hồ sơ mang mã này; chưa có gì được lưu.', remedy: 'Sửa hồ sơ đó, hoặc để trống ô mã.'},
    not_member: {what: 'Trung tâm chưa phê duyệt máy này.', remedy: 'Gọi quản trị viên của Trung tâm để so 30 chữ số và phê duyệt máy.'},
    revoked: {what: 'Máy này đã bị thu hồi quyền.', remedy: 'Gọi Trung tâm. Dữ liệu trên máy vẫn còn.'},
    storage_full: {what: 'Đĩa đã đầy; việc này chưa được lưu.', remedy: 'Xóa bớt tệp không cần rồi lưu lại. Những gì đã lưu vẫn còn.'},
    storage_read_only: {what: 'Không ghi được vào thư mục dữ liệu; việc này chưa được lưu.', remedy: 'Gọi cán bộ kỹ thuật.'},
    storage_failed: {what: 'Đĩa hoặc cơ sở dữ liệu có lỗi.', remedy: 'Gọi cán bộ kỹ thuật. Những gì đã lưu trước đó không bị đụng đến.'},
    no_login: {what: 'Phiên làm việc đã kết thúc.', remedy: 'Mở lại trang theo hướng dẫn ở trên; phần đang nhập vẫn được giữ.'},
    no_csrf: {what: 'Trang này đã cũ.', remedy: 'Tải lại trang; phần đang nhập vẫn được giữ.'},
  },
  centre: {
    well: 'Mọi máy đều ổn.', alerts: (count: number): string => `${count} máy cần xem lại`, links: (count: number): string => `${count} máy đang nối`,
    waiting: (count: number): string => `${count} máy chờ phê duyệt`, late: (count: number): string => `${count} hồ sơ bàn giao quá một ngày làm việc chưa ai trả lời`, subtitle: (organisation: string): string => `Trung tâm · ${organisation}`,
  },
  devices: {
    search: 'Tìm theo phường, nhãn, mã máy', count: (count: number): string => `${count} máy, xấu nhất ở trên.`, device: 'Đơn vị và máy', state: 'Tình trạng, việc cần làm', contact: 'Liên lạc',
    unsent: 'Chưa gửi', conflicts: 'Cần quyết định', acts: 'Thao tác', connected: 'Đang nối', never: 'chưa lần nào', since: (time: string): string => `từ ${time}`,
    accepted: (time: string): string => `Nhận lần cuối ${time}`, oldest: (words: string): string => `cũ nhất ${words}`,
    approveOpen: 'Phê duyệt…', revokeOpen: 'Thu hồi…', approveTitle: 'Phê duyệt máy này?', notNow: 'Chưa phê duyệt', approve: 'Phê duyệt',
    compare: 'Gọi điện cho người ngồi ở máy đó. Hai màn hình phải hiện cùng 30 chữ số này; khác một số cũng không được phê duyệt.', compared: 'Đã đọc cho nhau nghe: giống hệt.',
    revokeTitle: 'Thu hồi quyền của máy này?', revokeExplain: 'Máy này không gửi và nhận được gì nữa. Dữ liệu trên máy không bị xóa. Không lấy lại được quyền; máy phải đăng ký lại bằng phiếu mới.',
    revokeUnsent: (count: number): string => `Lần báo cuối, máy này còn ${count} thay đổi chưa gửi; chúng sẽ không được nhận nữa.`, reason: 'Lý do', keep: 'Không thu hồi', revoke: 'Thu hồi',
    causes: {
      well: {what: 'Ổn', todo: ''},
      revoked: {what: 'Đã thu hồi', todo: ''},
      silent: {what: 'Đã phê duyệt nhưng chưa liên lạc lần nào', todo: 'Gọi cho phường: chạy wardsync trên máy đó.'},
      quarantined: {what: 'Có bản ghi không hợp lệ', todo: 'Xem nhật ký của máy đó; gọi người phát triển.'},
    },
  },
  users: {
    search: 'Tìm theo tên, đơn vị', count: (count: number): string => `${count} tài khoản.`, none: 'Chưa có tài khoản nào: mọi tên đều được dùng, và ai cũng có quyền như lãnh đạo đơn vị mình.',
    person: 'Người dùng', unit: 'Đơn vị', role: 'Nhiệm vụ', standing: 'Tình trạng', stands: 'Đang dùng', disabled: 'Đã ngừng', signs: (key: string): string => `ký bằng khóa ${key}…`,
    addOpen: 'Thêm tài khoản…', disableOpen: 'Ngừng…', resetOpen: 'Sửa…', addTitle: 'Thêm tài khoản', add: 'Thêm', name: 'Tên đăng nhập', nameHint: 'Tên này đứng trong lịch sử hồ sơ và không đổi được.',
    display: 'Họ và tên', explain: 'Từ tài khoản đầu tiên của một đơn vị, máy của đơn vị chỉ nhận việc dưới tên có tài khoản, và mỗi quyết định thuộc về người có nhiệm vụ.',
    disableTitle: 'Ngừng tài khoản này?', disableExplain: 'Những gì người này ghi từ bây giờ không có hiệu lực; chúng được giữ lại và hiện ở mục Cần quyết định. Những gì đã ghi trước vẫn còn.', reason: 'Lý do', disable: 'Ngừng',
    resetTitle: 'Sửa tài khoản này', reset: 'Lưu và cho dùng',
    roles: {clerk: 'Cán bộ một cửa', desk_head: 'Trưởng bộ phận một cửa', leader: 'Lãnh đạo đơn vị', accountant: 'Kế toán, thu phí', technician: 'Cán bộ kỹ thuật', administrator: 'Quản trị viên Trung tâm', auditor: 'Kiểm tra, chỉ xem'},
  },
  tickets: {
    explain: 'Mỗi phiếu cho một máy mới của một đơn vị đăng ký một lần, trong thời hạn. Giữ phiếu như chìa khóa.', unit: 'Đơn vị', label: 'Nhãn', labelHint: 'Để nhận ra máy, ví dụ “quầy 2”.',
    address: 'Địa chỉ Trung tâm', addressHint: 'Tên máy hoặc địa chỉ:cổng mà phường gọi đến được.', hours: 'Thời hạn', make: 'Lập phiếu', download: 'Tải phiếu về',
    made: (unit: string, expires: string): string => `Đã lập phiếu cho ${unit}, dùng được đến ${expires}.`,
    next: 'Mang phiếu đến máy mới, chạy “wardsync enrol --ticket …”. Sau đó máy hiện ở mục Các máy để phê duyệt.',
  },
  dossiers: {
    readOnly: 'Hồ sơ của mọi đơn vị. Đơn vị đang giữ hồ sơ quyết định; Trung tâm bàn giao, chuyển trạng thái và quyết định những hồ sơ của mình.', undecided: (count: number): string => `${count} chỗ chưa quyết định`,
    duplicates: 'Có thể là một việc nộp hai lần', duplicatesWhy: 'Cùng người, cùng thủ tục. Không hồ sơ nào bị nhập vào hồ sơ kia: công dân đã nhận hai giấy tiếp nhận.', same: 'Cùng một việc…', different: 'Hai việc khác nhau…',
    linkWhy: 'Lý do, ghi vào cả hai hồ sơ', linkConfirm: 'Ghi vào cả hai',
  },
};

export type Texts = typeof vi;
