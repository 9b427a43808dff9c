#include "cli/doctor.hpp"
#include "protocol/base/error.hpp"

/// The codes are never given to another finding, and never reused.
namespace ward::cli {
namespace {

constexpr CatalogueEntry entries[] = {
    {Finding::config_broken, "WS-D001", Gravity::problem, "The configuration file is broken.",
     "Somebody edited it, and a key or value in it is not known.", "Correct the line; `config check` says which and how."},
    {Finding::data_missing, "WS-D002", Gravity::problem, "The data directory does not exist.",
     "The program was not installed by `./dev install`, the disk is not mounted, or --data names another place.",
     "Make it as root: install -d -m 0750 -o wardsync -g wardsync DIR"},
    {Finding::data_open, "WS-D003", Gravity::problem, "Other accounts can reach into the data directory.",
     "Its mode was changed, or it was copied by hand.", "As root: chmod 0750 DIR"},
    {Finding::data_not_writable, "WS-D004", Gravity::problem, "The data directory cannot be written.",
     "It, or a file in it, belongs to another account, or its disk is mounted read-only.",
     "As root: chown -R --reference=DIR DIR; look for disk errors with `dmesg`."},
    {Finding::disk_low, "WS-D005", Gravity::problem, "The data's disk is nearly full.", "Less than 200 MB are free.",
     "Free some space: nothing can be saved once the disk is full."},
    {Finding::ticket_unusable, "WS-D006", Gravity::problem, "The ticket file cannot be used.",
     "It is another file, was damaged on its way, or cannot be read by this account.",
     "Copy it again as it is, or ask the administrator for a new ticket."},
    {Finding::ticket_expired, "WS-D007", Gravity::problem, "The ticket is past its time.", "It lay too long, or this PC's clock is ahead.",
     "Check the clock, then ask the administrator for a new ticket."},
    {Finding::name_unknown, "WS-D008", Gravity::problem, "The centre's name is not known here.",
     "No DNS server answers on this network, or the name has a letter wrong.",
     "Check the cable and DNS (`getent hosts NAME`); ask the administrator for the right name."},
    {Finding::port_unreachable, "WS-D009", Gravity::problem, "The centre does not answer at its port.",
     "The line is down, a firewall holds the port back, or the centre is switched off.",
     "Check the line; let the network's people open the port outwards; ask the administrator whether the centre runs."},
    {Finding::proxy_set, "WS-D010", Gravity::notice, "Proxy variables are set here, and wardsync uses none.",
     "This network may let programs out by a proxy only.",
     "Nothing while the centre answers; otherwise ask the network's people to open the centre's port directly."},
    {Finding::clock_wrong, "WS-D011", Gravity::problem, "This PC's clock is wrong.",
     "The battery is empty, or nobody set it after a repair.", "Set it, and switch on time synchronisation: timedatectl set-ntp true"},
    {Finding::port_taken, "WS-D012", Gravity::problem, "Another program holds the port.",
     "Two programs were told the same port, or a daemon of another data directory runs.",
     "Stop that program (`ss -ltnp` shows it), or write another port into the configuration file."},
    {Finding::not_enrolled, "WS-D013", Gravity::notice, "This PC is not enrolled.", "Nobody has used a ticket here yet.",
     "wardsync enrol --ticket FILE"},
    {Finding::database_damaged, "WS-D014", Gravity::damage, "The database fails its own checks.",
     "The disk lost or changed what was written.",
     "On a ward PC: stop the daemon, `wardsync repair`, start it again; what the centre has receipted comes back from there. At the "
     "centre: restore the newest backup; the wards fill it again."},
    {Finding::database_unreadable, "WS-D015", Gravity::problem, "The database cannot be opened.",
     "Another process holds it, a newer version wrote it, or its key file is of another PC.",
     "Read the detail above; install the newer version, or put the key file back that belongs to it."},
    {Finding::key_missing, "WS-D016", Gravity::problem, "The key file is missing.",
     "It was deleted, or the directory was copied without it.",
     "Put it back from where it was copied. Without it the data cannot be read: enrol this PC anew in an empty directory."},
    {Finding::key_open, "WS-D017", Gravity::problem, "Other accounts can read a file with keys.", "Its mode was changed.",
     "As root: chmod 600 FILE"},
    {Finding::daemon_down, "WS-D018", Gravity::problem, "The daemon is not running.", "It was stopped, or it ends at once after its start.",
     "Start it (systemctl start wardsync, or wardsync-centre); its last words: journalctl -u wardsync -n 50"},
    {Finding::not_approved, "WS-D019", Gravity::problem, "This PC waits for its approval.",
     "The administrator has not compared the 30 digits yet.",
     "Call the administrator: wardsync-centre device approve ID, after comparing the digits."},
    {Finding::revoked, "WS-D020", Gravity::problem, "The centre has revoked this PC.", "The administrator shut it out, perhaps as stolen.",
     "Call the centre. Nothing on this PC is deleted until you have."},
    {Finding::no_contact, "WS-D021", Gravity::problem, "There was no link to the centre for more than a day.",
     "The line is down, or the centre's address has changed.", "Check the line; see what `wardsync status` gives as the last trouble."},
    {Finding::queue_stuck, "WS-D022", Gravity::problem, "Saved changes wait for hours although the link is open.",
     "The centre does not take them, or this PC's line is too slow for what it saves.",
     "Call the administrator with the output of `wardsync status`; everything is safe here meanwhile."},
    {Finding::journal_large, "WS-D023", Gravity::notice, "The database's journal is large.",
     "Some program reads the database and does not end, or the daemon was killed again and again.",
     "Restart the daemon; look for other programs that hold the file (`fuser -v FILE`)."},
    {Finding::history_alarm, "WS-D024", Gravity::problem, "The centre contradicts what it had signed.",
     "An older or another database was put in its place, or somebody poses as the centre (`rollback`, `two_faces`); another PC was shown "
     "another history (`told_otherwise`); it has proved nothing for a week (`unproved`); what it said of a dossier is not what the "
     "dossier's records say (`summary`); or it lacks records that it and a backup had, and that this PC let go of (`archive`).",
     "Call the administrator, who reads docs/administrator.md. `wardsync receipt contradiction` writes what proves it."},
    {Finding::segments_refused, "WS-D025", Gravity::problem, "The centre refuses some of this PC's changes.",
     "The centre and this PC differ in version or in what they hold to be this PC's history.",
     "Call the administrator; the changes stay here."},
    {Finding::records_quarantined, "WS-D026", Gravity::notice, "Some received records are in quarantine.",
     "They do not verify, or this version does not know their form.", "Update wardsync; if they stay, call the administrator."},
    {Finding::not_founded, "WS-D027", Gravity::problem, "There is no centre in the data directory.", "`init` was not run here yet.",
     "wardsync-centre init --org NAME --units FILE.csv"},
    {Finding::root_key_here, "WS-D028", Gravity::problem, "A root key of the city still lies on this machine.",
     "`init` wrote it there, to be moved away.",
     "Move each of the two files to a stick of its own, lock the sticks into two safes, and delete the files here."},
    {Finding::log_unwritable, "WS-D029", Gravity::problem, "The log's file cannot be written.",
     "Its directory is missing, or belongs to another account.", "As root: install -d -m 0750 -o wardsync -g wardsync DIR"},
    {Finding::backup_missing, "WS-D030", Gravity::notice, "No backup of this centre was ever made.", "It is new, or nobody has made one.",
     "wardsync-centre backup -o FILE, onto another machine or a stick."},
    {Finding::backup_old, "WS-D031", Gravity::problem, "The last backup of this centre is old.",
     "Whoever makes backups has stopped, or they fail.", "wardsync-centre backup -o FILE, and find out why the usual one was not made."},
    {Finding::calendar_ends, "WS-D032", Gravity::notice, "The days off of the coming weeks are not decided yet.",
     "The decision on next year's holidays is not published, or nobody has entered it.",
     "When it is published, at the centre: wardsync-centre calendar set FILE.csv. Appointments that were given stay as they are."},
    {Finding::codes_provisional, "WS-D033", Gravity::notice, "New dossiers get provisional codes.",
     "This PC has no serials for today, has given them all, or cannot know for certain which day it is or what it gave.",
     "wardsync codes says which, and what to do. Dossiers are safe, and get their official codes by themselves."},
    {Finding::codes_shared, "WS-D034", Gravity::notice, "Some codes stand for several dossiers.",
     "A copied or restored disk gave them again, or an import brought them.",
     "wardsync dossier shared-codes lists them; mark as void what is there twice, or `dossier another-code` where both are real."},
    {Finding::erasure_open, "WS-D035", Gravity::notice, "An order to erase is not obeyed everywhere after a week.",
     "A PC that had the dossier has not called since, or runs a program that is too old to know such orders.",
     "wardsync-centre erase list, then erase show NUMBER: have those PCs switched on, or updated; revoke one that is gone for good."},
    {Finding::keys_plain, "WS-D036", Gravity::notice, "Nothing but their file's mode keeps the keys here.",
     "No passphrase was set, and the operating system was given no secret to keep for them.",
     "`wardsync key protect`, as technician.md says (`wardsync-centre key protect`: administrator.md); and BitLocker or LUKS, which keeps "
     "the whole disk."},
    {Finding::keys_locked, "WS-D037", Gravity::problem, "The keys here are sealed, and do not open.",
     "Their passphrase was not given, or is another; or the system of another PC sealed them.",
     "Name the passphrase's file (--passphrase-file, or passphrase_file in the configuration); on another "
     "PC, enrol anew; at a centre, the copy that `backup --keys` wrote takes the place of centre.key."},
    {Finding::credential_closed, "WS-D038", Gravity::problem, "The secret that systemd keeps for the keys here does not open.",
     "The TPM was reset or exchanged, or another PC made the file. With it there the service does not start (status=243/CREDENTIALS).",
     "sudo mv /etc/credstore.encrypted/wardsync-device-key /root/, then sudo systemctl restart wardsync (or wardsync-centre). Keys that it "
     "sealed do not come "
     "back: \"The keys of a PC\" in technician.md."},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return entries; }

const CatalogueEntry& entry_of(Finding finding) {
  const auto& entry = entries[static_cast<std::size_t>(finding)];
  WARD_ASSERT(entry.finding == finding);
  return entry;
}

}  // namespace ward::cli
