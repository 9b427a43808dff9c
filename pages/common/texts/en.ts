import type {Texts} from './vi';

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

export const en: Texts = {
  age: ({unit, count}) => (unit === 'seconds' ? 'less than a minute' : many(count, unit.slice(0, -1))),
  money: (amount) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, ',')} đồng`,

  nav: {
    label: 'Sections', skip: 'To the content', status: 'Condition', loading: 'Loading…', dossiers: 'Dossiers', newDossier: 'New dossier',
    outbox: 'Not sent yet', inbox: 'For you to decide', handOvers: 'Hand-overs', machine: 'This PC', devices: 'PCs', reports: 'Reports', tickets: 'Tickets', users: 'Users',
  },
  dialog: {cancel: 'Go back'},
  settings: {
    title: 'Display', language: 'Language', theme: 'Background', auto: 'As the PC', light: 'Light', dark: 'Dark', textSize: 'Text size', normal: 'Normal',
    large: 'Large', larger: 'Very large',
  },
  session: {
    closed: 'The session has ended, or the page was not opened properly.',
    reopen: 'Run this command on this machine and open the address that it prints; this page then goes on by itself:',
    draftsKept: 'What you were typing is kept.',
    storageOff: 'The browser does not let this page keep drafts: what is typed and not saved is lost when the page is closed. Everything else works.',
  },
  live: {
    unknownSince: (time) => `Unknown since ${time}`,
    unknownWhy: 'The wardsync program on this machine does not answer. Whatever was called “saved” is safe on the disk. The page keeps trying; if this lasts, call the technician.',
  },
  state: {
    on_this_pc: {name: 'Saved on this PC', why: 'The centre does not have this yet.'},
    sending: {name: 'Sending', why: 'Saved on this PC; on its way to the centre.'},
    stuck: {name: 'Stuck', why: 'Saved on this PC, but nothing could be sent for more than 10 minutes. Press “Send now” under Not sent yet; if it stays, call the centre.'},
    at_centre: {name: 'At the centre', why: 'The centre has signed a receipt; it is about to enter it into the common register.'},
    applied: {name: 'Entered at the centre', why: ''},
    needs_you: {name: 'Needs you', why: 'Two places wrote different things, or something was not accepted.'},
    decide: (count) => `See ${many(count, 'question')}`,
    reasons: {
      conflict: 'Two places wrote different things.', attention: 'Something was not accepted.', waiting: 'What comes before it is not here yet; it comes by itself with the line.',
      refused: 'The centre does not take it; it stays on this PC. Call the centre.',
    },
  },
  link: {
    connecting: 'Calling the centre.', open: 'Connected to the centre', waiting: 'No connection to the centre.', waiting_for_approval: 'The centre has not approved this PC yet.',
    revoked: 'The centre has revoked this PC.', paused: 'Sending is paused.',
    since: (time) => `since ${time}.`,
    nextTry: (time) => `Next try at ${time}.`,
  },
  faults: {
    io: 'There is no line.', timeout: 'The centre does not answer.', not_member: 'This PC is not approved yet.', revoked: 'This PC was revoked.',
    unsupported: 'The versions of the two sides do not fit.', wrong_organisation: 'This PC belongs to another organisation.',
    fork: 'This PC’s data exist in two versions; call the centre.', malformed: 'The line is disturbed.', other: 'The line has failed.',
  },
  exposure: {
    lost: (dossiers, oldest) => `If this PC breaks now, ${many(dossiers, 'dossier')} would be lost${oldest ? `; the oldest is ${oldest} old` : ''}.`,
    nothing: 'If this PC breaks now, no dossier is lost.',
  },
  pages: {of: (list) => `Pages of ${list}`, back: '← Page before', forward: 'Next page →', range: (from, to) => `${from}–${to}`},
  list: {
    search: 'Find by name, code, telephone, last 4 of an identity number', filter: 'Filter by status', all: 'Every status', needYou: 'Needs you', withVoid: 'Void ones too',
    where: {mine: 'Held by this unit', offered_to_me: 'Offered to this unit', offered_by_me: 'Offered by this unit, not answered', elsewhere: 'Held elsewhere'}, owner: 'Owner and code',
    procedure: 'Procedure', status: 'Status', state: 'Is it safe?', none: 'No dossier fits.', noOwner: '(no name yet)', noCode: '(no code yet)',
    shown: (count, more) => (more ? `The first ${many(count, 'dossier')}; there are more.` : `${many(count, 'dossier')}.`),
    due: (time) => `Appointed ${time}`, unit: 'Unit',
  },
  deadline: {
    title: 'Lists by deadline',
    lists: {overdue: 'Overdue', today: 'Due today', soon: 'Due soon', supplement: 'Waiting for papers', payment: 'Waiting for payment'},
    words: (look, days) => {
      if (look === 'overdue') return days ? `${many(-days, 'working day')} overdue` : 'Overdue since today';
      if (look === 'today') return 'Due today';
      if (look === 'waiting') return days === null ? 'The clock waits' : `The clock waits; ${many(days, 'working day')} left`;
      if (look === 'soon' || look === 'later') return `${many(days ?? 0, 'working day')} left`;
      return {early: 'Ended early', on_time: 'Ended on time', late: 'Ended late'}[look] ?? '';
    },
    countsAsLate: 'Counts as late: the first appointment is past, or papers were asked for more than once.',
    dayOff: 'The appointment is on a day that was decided to be off later; it is not moved.',
    uncertain: 'The days off until then are not decided yet.',
    calendarEnds: (day) => (day ? `The days off are decided up to ${day} only; appointments after that go by what is expected.` : 'Not even the days off of this year are decided; appointments go by what is expected.'),
  },
  reports: {
    from: 'Accepted from', to: 'until', show: 'Show', total: 'Total', csv: 'Download the table (CSV)', percent: (permille) => `${(permille / 10).toFixed(1)} %`,
    deadlines: 'Appointments kept', deadlinesWhy: 'By the end of processing; asked for papers more than once counts as late; after an apology the first appointment still counts.',
    share: 'Online service', shareWhy: 'Both readings: dossiers lodged online of all that were accepted; procedures with at least one online dossier of those offered online.',
    columns: {
      accepted: 'Accepted', early: 'Early', on_time: 'On time', late: 'Late', open_good: 'In process, in time', open_late: 'In process, late', asked_twice: 'Papers asked for twice',
      apologised: 'Apologised', in_time_permille: 'Share in time', online: 'Online', online_permille: 'Share of dossiers', points_permille: 'Points (50 % is full)', online_with_result: 'With an electronic result',
      services_offered: 'Procedures offered online', services_used: 'Procedures used online', services_permille: 'Share of procedures',
    },
  },
  drafts: {title: 'Being typed, not saved', fresh: 'New dossier', edit: 'Edit', unnamed: 'no name yet', drop: 'Drop'},
  form: {
    required: '(required)', procedure: 'Procedure', procedureHint: 'Type its code or name, marks are not needed; arrows to choose, Enter to take.', noProcedure: 'No procedure fits.',
    sameDay: 'Done the same day', free: 'No fee',
    within: (count, unit, working) => `${count}${working ? ' working' : ''} ${unit === 'hour' ? 'hours' : 'days'}`,
    more: 'More fields', less: 'Fewer fields', nothing: '—', dateHint: 'day/month/year, or the year alone', timeHint: 'day/month/year hour:minute',
    codeHint: 'The code printed on the receipt, if there is one.', proposed: 'Proposed by the procedure and the working days; change it before saving if you must.',
    proposedUncertain: 'Proposed; the days off until then are not decided yet. Change it before saving if you must.',
    roundHint: 'Goes into the request for a supplement (form 02); the clock waits from the moment of saving.', roundClosed: 'Saved with it, into the supplement round:',
    addPaper: 'Add a paper', papersHeld: 'Handed in already:', dropPaper: (number) => `Remove paper ${number}`, save: 'Save dossier', saving: 'Saving…', draftKept: 'What you type is kept until it is saved.',
    unseen: 'There are invisible characters in this box (they come from copying).', dropUnseen: 'Remove them', undecided: 'Waiting for a decision',
    undecidedBanner: 'Some fields wait for a decision under For you to decide; they cannot be edited here.',
    errors: {
      missing: 'This is required.', date: 'This is not a date. Write 31/12/2020, or the year alone.', time: 'This is not a time. Write 31/12/2020 09:30.',
      too_long: 'Longer than 4,000 characters. Shorten it, or attach it as a file.',
    },
    doubts: {
      identity_length: 'This number has neither 9 nor 12 digits. Look at the paper again.', identity_birth: 'The year of birth does not fit the identity number. Look at the paper again.',
      identity_sex: 'The sex does not fit the identity number. Look at the paper again.', phone: 'This does not look like a telephone number.',
      code_form: 'This does not look like the usual dossier code.',
    },
  },
  similar: {
    title: 'The same person, the same procedure today?', why: 'There is such a dossier of today already. Nothing was saved yet.', back: 'Back', saveAnyway: 'Save it as another dossier',
  },
  dossier: {
    back: '← List of dossiers', edit: 'Edit', propose: 'Propose a change', notes: 'Notes', newNote: 'New note', addNote: 'Add', voided: 'Voided', notAccepted: 'Not accepted; kept until somebody decides:', changeStatus: 'Change the status…',
  },
  voiding: {
    open: 'Void (made by mistake)', title: 'Void this dossier?', explain: 'The dossier is kept and marked as void, with the reason, the name and the time. Nothing is deleted.', why: 'Reason', back: 'Take the voiding back',
    keep: 'Do not void', confirm: 'Void the dossier',
  },
  apology: {
    open: 'Apologise', title: 'Apology and another appointment (form 04)', explain: 'The lists go by the new appointment; whether it is late is still judged by the first.',
    due: 'New appointment', why: 'Why it is late', confirm: 'Enter the apology',
  },
  code: {
    copy: 'Copy', read: 'Read aloud', copied: 'Copied.', notCopied: 'The browser does not allow copying; select the code and press Ctrl+C.', dot: 'dot', hyphen: 'dash', also: 'Other codes:',
    provisional: 'This code is provisional.', officialFollows: 'Print it and give it out: it stays good. The official code comes beside it by itself, and then stands here first.',
  },
  shared: {
    title: (count) => `${many(count, 'code')} with several dossiers`, explain: 'Each of these codes stands for several dossiers: a PC’s disk was copied, or something was entered twice. No code is ever changed by itself. Void what is there twice; where all are real, give one a code of its own.',
    elsewhere: 'at another unit', voided: 'void', another: 'Give it another code', anotherTitle: 'Give this dossier another official code?', anotherWhy: 'Reason (kept with it)', anotherKeeps: 'The codes that it has stay good.', confirm: 'Give the code', cancel: 'Do not',
  },
  history: {
    title: 'History', takenBack: 'Back to the value before', whyOpen: 'Why?', whyTitle: (field) => `Why “${field}” shows this`, close: 'Close', why: 'Reason:', device: (id) => `PC ${id}`,
    standings: {
      shown: 'in use', replaced: 'replaced', lost: 'not used (a later one is)', in_conflict: 'to be decided', proposed: 'not accepted', not_applied: 'cannot apply',
      approved: 'proposal accepted', dismissed: 'dismissed, with a reason', waiting: 'waits for what came before it', erased: 'erased by order',
    },
    because: {
      nothing_entered: 'Nobody ever entered anything here.', not_merged: 'What was entered does not apply, or not yet; see each line below.', only_value: 'It is the only value that was ever entered.',
      newest: 'Whoever entered it had seen the value before, and replaced it.', agreed: 'Several people entered the same without having seen each other’s.',
      later_clock: 'Several values were entered by people who had not seen each other’s; this field takes the later one.', believed_clock: 'A value with a later time was entered on a PC whose clock was wrong; a right clock goes before a wrong one.',
      taken_back: 'A decision was taken back; what it had replaced shows again.', undecided: 'Different values were entered by people who had not seen each other’s; somebody must decide.',
      weightier: 'Two statuses were entered without knowledge of each other; the one with more weight shows.', custodian: 'The other was written where the dossier no longer was; the value of the unit that holds it shows.',
      approved: 'Another unit proposed it, and somebody who may accepted it.', removed: 'Whoever removed it had seen it.', each_element: 'This is a list; each entry has a reason of its own.',
    },
  },
  edit: {
    title: 'Edit dossier', back: '← To the dossier, keeping what was typed', why: 'Reason (optional)', cancel: 'Drop the changes',
    save: (count) => (count === 0 ? 'Nothing changed yet' : `Save ${many(count, 'change')}`), meanwhile: 'While you were editing, this dossier was changed elsewhere:',
    meanwhileSafe: 'You can still save, and overwrite nobody: if both changed one field, it is asked under For you to decide.',
  },
  outbox: {
    explain: 'Dossiers with changes that are on this PC only. They are sent by themselves whenever there is a line.', none: 'The centre has everything.', sendNow: 'Send now', resume: 'Resume sending',
    refused: (count) => `The centre does not take ${many(count, 'parcel')} of data. Call the centre; the data are still on this PC.`, age: 'Waiting for', reason: 'Why, what to do',
    since: (time, count) => `since ${time}, ${many(count, 'change')}`, attempts: (count) => `${many(count, 'attempt')} failed.`,
  },
  inbox: {
    explain: 'The system never chooses for people: look at the papers, then decide, with a reason. Every other value stays in the history, and every decision can be taken back for 30 days.',
    all: '← All questions', none: 'There is nothing to decide.', noneHere: 'Nothing of what was chosen on this page; see the next.', before: 'Before', here: 'On this PC', there: 'Elsewhere', nothingBefore: '(nothing before)', empty: '(empty)', removed: 'Remove it',
    stays: 'Keep it', another: 'Another value…', otherValue: 'The right value', why: 'Reason', chooseFirst: 'Choose to see what comes of it.',
    preview: 'After the decision:', nothingChanges: 'No field changes.', othersStay: 'The other values stay in the history.', left: (count) => `${count} more to decide in this dossier.`, confirm: 'Decide',
    notForYou: 'Somebody else decides this; here it can only be seen.', wouldNotApply: 'This decision would have no effect.', clockBad: 'that PC’s clock is wrong', hadSeen: 'Had seen:', sameAct: 'In the same act:', approve: 'Accept the proposal', dismiss: 'Seen and dealt with',
    dismissProposal: 'Do not accept it', forWhom: 'To decide:', levels: {decider: 'with whoever decides', leader: 'gone up to the unit’s leader', centre: 'gone up to the centre'},
    goesUp: (time) => `(goes up at ${time})`, blocks: (statuses) => `cannot become yet: ${statuses}`, alike: (count) => `Decide all ${count} identical cases so`,
    whose: 'Decided by', everybody: 'everybody', mine: 'me', level: 'Level', anyLevel: 'any',
    acts: {offer: 'Hand-over', accept: 'Hand-over accepted', decline: 'Hand-over declined', recall: 'Hand-over recalled', approve: 'Proposal accepted', dismiss: 'Dealt with'},
  },
  unapplied: {
    proposed: 'Proposed', refused: 'No effect',
    ways: {
      approve: {open: 'Accept…', title: 'Accept this proposal?', explain: 'What was proposed takes the place of the present value, as if you had written it.', confirm: 'Accept'},
      dismiss: {open: 'Do not accept…', title: 'Not accept it?', explain: 'It is not shown here any more; it stays in the history with your reason.', confirm: 'Do not accept'},
    },
  },
  custody: {
    title: 'Where it is', heldBy: 'Lies with', since: (time) => `since ${time}`, inFlight: 'On its way:', open: 'Hand over to another unit…',
    elsewhere: 'This unit does not hold the dossier: notes, papers and receipts can still be added; a change of another field becomes a proposal to the unit that does.',
    offerTitle: 'Hand the dossier over', offerExplain: 'It stays with this unit until the other has checked the papers and accepted. The papers go with the control slip.', to: 'To', toHint: 'Type its name or code; arrows to choose, Enter to take.', noUnit: 'No unit fits.',
    note: 'What goes with it', noteHint: 'How many papers, which originals, what they must know.', offer: 'Hand over',
    papersChecked: (count) => (count === 0 ? 'The bundle of papers is checked' : `All ${count} papers above are there`), late: 'No answer for a working day',
    explain: 'Dossiers on their way from one unit to another. The giver holds each until the other unit has accepted it.', incoming: 'Offered to this unit', noneIncoming: 'Nothing is on its way here.',
    outgoing: 'Offered by this unit, not answered yet', noneOutgoing: 'Nothing waits for an answer.', allLate: 'No answer for a working day, all units', noneLate: 'Nothing is late.',
    fromTo: 'From → to', offeredAt: 'Offered',
    answers: {
      accept: {open: 'Accept…', title: 'Take this dossier over?', explain: 'Check the bundle of papers first. From then on this unit answers for the dossier.', why: 'Remark (optional)', confirm: 'Accept'},
      decline: {open: 'Decline…', title: 'Not take it over?', explain: 'The dossier stays where it was. Send the papers back.', why: 'Reason', confirm: 'Decline'},
      recall: {open: 'Recall…', title: 'Take the offer back?', explain: 'If the other unit accepted before it heard of this, the dossier is theirs.', why: 'Reason (optional)', confirm: 'Recall'},
    },
  },
  linked: {
    heading: 'Linked parts', told: 'The citizen is told:', open: 'Fan out to the authorities…', title: 'Fan the dossier out', confirm: 'Fan out', partOf: 'A part of', taker: 'Unit that decides this part',
    explain: 'Each part becomes a dossier with a code of its own, offered to the unit that decides it. The citizen keeps the one appointment; the desk that lodged it follows all parts to their end.', nothing: 'No part has to be made or offered.',
    offeredNow: 'offered now', ours: 'decided here', waitsFor: (part) => `waits for: ${part}`, by: (due) => `due ${due}`, noUnit: 'no unit known', late: 'this part is late',
    desk: (unit) => `${unit} lodged it and follows this part to its end`, disputed: 'Two desks fanned this dossier out at once:', heads: ['Part', 'Unit', 'Where it stands', 'Time'],
    counts: (of) => [`${of.ended} of ${of.count} parts ended`, of.refused > 0 && `${of.refused} refused`, of.declined > 0 && `${of.declined} declined`, of.late > 0 && `${of.late} late`].filter(Boolean).join(', '),
    stages: {
      planned: 'not made yet', waits: 'waits for another part', ready: 'to be offered', offered: 'on its way', declined: 'was declined', in_work: 'in work', finished: 'finished', refused: 'refused or stopped', voided: 'made by mistake',
      disputed: 'two dossiers: choose', unknown: 'its dossier is not here',
    },
  },
  slip: {
    open: 'Control slip', back: '← Back to the dossier', title: 'Control slip of a dossier', form: 'Form 05 of Circular 01/2018/TT-VPCP; made from the log of hand-overs.', received: 'Received', due: 'Due',
    heads: ['No.', 'Given by', 'Taken by', 'Held until', 'Working time', 'Result', 'Remark', 'Signed (giver, taker)'], lodged: 'Lodged by the citizen', stillThere: 'still there',
    worked: (hours, minutes) => `${hours} h ${minutes} min`, by: (step, due) => `${step ? 'the step is' : 'the whole is'} due ${due}`, print: 'Print', signed: (user) => `Signed with a key: ${user}`,
    judgements: {none: 'not judged', early: 'early', on_time: 'on time', late: 'late', open_good: 'in time so far', open_late: 'late by now'},
  },
  status: {
    title: 'Change the status', now: 'Now:', next: 'Next', nothingNext: 'Nothing follows.', why: 'Reason', whatMissing: 'Papers that must be supplied', confirm: 'Change',
    blocked: 'Not yet:', decideFirst: 'something must be decided first',
  },
  leave: {
    open: 'Leave it to the officer…', title: 'Leave it to the officer?', why: 'Note for the officer', confirm: 'Leave it, with the note',
    explain: 'The question stays open until somebody decides it. The note is saved in the dossier; whoever opens it sees it.', left: 'Left to the officer:',
    note: (field) => `Left to the officer (${field}): `,
  },
  decided: {
    title: 'Decided in the last 30 days', between: 'Between:', undo: 'Take this decision back', until: (time) => `Possible until ${time}; the question then stands again.`,
    noLonger: 'Taken back, or somebody wrote another value after it.',
  },
  machine: {
    unit: 'Unit', device: 'PC', centre: 'Centre’s address', receipted: 'Receipted by the centre', waiting: 'Changes not sent yet', dossiers: 'Dossiers on this PC', clock: 'Clock against the centre’s',
    clockOffset: (seconds) => `${seconds > 0 ? '+' : ''}${seconds} s`, disk: 'Free disk', megabytes: (count) => `${count} MB`, lastError: 'Last failure of the line', version: 'Version',
    codes: 'Dossier codes left today', codesLeft: (count, until) => `${count}${until ? `, enough until ${until}` : ''}`, codesProvisional: (count) => `provisional ones are given; ${many(count, 'dossier')} wait for an official one`,
  },
  alarm: {
    rollback: 'The centre holds less than it had signed for.', twoFaces: 'The centre has signed two different histories.', revoked: 'This PC was revoked.',
    callCentre: 'Call the centre’s administrator. The data on this PC are all still there.', clock: (minutes) => (minutes === 0 ? 'This PC’s clock is wrong.' : `This PC’s clock is ${many(minutes, 'minute')} off.`),
    setClock: 'Set date and time; dossiers can be saved all the same.', disk: (megabytes) => `The disk has only ${megabytes} MB left.`,
    freeDisk: 'Delete what is not needed; nothing can be saved on a full disk.', quarantined: (count) => `${many(count, 'record')} that came here are not valid and were put aside.`,
  },
  person: {
    label: 'Working', none: 'Account’s name', choose: 'Choose your name…', add: 'Add a name…', name: 'Full name', use: 'Use this name',
    provesNothing: 'This name goes into the history. Whoever sits here can choose it, so it does not prove who did something.',
  },
  troubles: {
    unknown: {what: 'Something failed.', remedy: 'Do it again; if it stays, call the technician and read out the line below.'},
    unreachable: {what: 'The wardsync program on this machine does not answer.', remedy: 'Whether this was saved is unknown. What you typed is kept; press again, it is not done twice.'},
    not_found: {what: 'There is no such thing here.', remedy: 'Check the code; the list shows what is here.'},
    ambiguous: {what: 'Several dossiers share this code.', remedy: 'Open it from the list.'},
    invalid: {what: 'This cannot be accepted as it is; nothing was saved.', remedy: 'Correct it and save again.'},
    too_large: {what: 'This is too long; nothing was saved.', remedy: 'Shorten it, or attach it as a file.'},
    not_the_holder: {what: 'The dossier lies with another unit; nothing was saved.', remedy: 'This is for the unit that holds it.'},
    not_the_decider: {what: 'This is for somebody else to decide; nothing was saved.', remedy: 'Leave it to them.'},
    not_offered: {what: 'The dossier was not offered to this unit.', remedy: 'See who offered it to whom.'},
    offer_closed: {what: 'That hand-over is over.', remedy: 'See where the dossier is now.'},
    illegal_status: {what: 'That status cannot follow the present one; nothing was saved.', remedy: 'Choose one of the list.'},
    parts_open: {what: 'Some linked parts have not ended; nothing was saved.', remedy: 'The dossier is finished when all parts have ended; one that is refused does not undo the others.'},
    not_linked: {what: 'This dossier cannot be fanned out; nothing was saved.', remedy: 'It can be handed over as a whole.'},
    not_accepted: {what: 'Only what is accepted or in process is fanned out; nothing was saved.', remedy: 'Change the status first.'},
    no_unit: {what: 'Nobody knows which unit decides one of the parts; nothing was saved.', remedy: 'Choose a unit for it.'},
    blocked: {what: 'Something must be decided first; nothing was saved.', remedy: 'See “For you to decide”.'},
    not_alike: {what: 'There are more or fewer such cases by now; nothing was decided.', remedy: 'Look again, then decide.'},
    unknown_user: {what: 'This name is no account of the unit; nothing was saved.', remedy: 'Choose your name above; where it is missing, call the centre’s administrator.'},
    disabled_user: {what: 'This account was disabled; nothing was saved.', remedy: 'Choose another name above, or call the centre’s administrator.'},
    unsigned_act: {what: 'This account has a key of its own, and this act needs its signature; nothing was saved.', remedy: 'This page cannot sign yet: put in the stick with the key and do it by command, as “wardsync dossier hand-over … --key FILE”.'},
    reads_only: {what: 'This account only reads; nothing was saved.', remedy: 'Leave it to somebody whose role it is.'},
    disabled: {what: 'This PC or this person may not act any more.', remedy: 'Call the centre.'},
    exists: {what: 'There is a dossier with this code already; nothing was saved.', remedy: 'Edit that one, or leave the code out.'},
    not_member: {what: 'The centre has not approved this PC yet.', remedy: 'Call the centre’s administrator to compare the 30 digits and approve it.'},
    revoked: {what: 'This PC was revoked.', remedy: 'Call the centre. The data on this PC are still there.'},
    storage_full: {what: 'The disk is full; this was not saved.', remedy: 'Free some space and save again. What was saved before is still there.'},
    storage_read_only: {what: 'The data directory cannot be written; this was not saved.', remedy: 'Call the technician.'},
    storage_failed: {what: 'The disk or the database failed.', remedy: 'Call the technician. What was saved before is not touched.'},
    no_login: {what: 'The session has ended.', remedy: 'Open the page again as described above; what you typed is kept.'},
    no_csrf: {what: 'This page is out of date.', remedy: 'Reload it; what you typed is kept.'},
  },
  centre: {
    well: 'Every PC is well.', alerts: (count) => `${many(count, 'PC')} to look at`, links: (count) => `${many(count, 'PC')} connected`,
    waiting: (count) => `${many(count, 'PC')} waiting for approval`, late: (count) => `${many(count, 'hand-over')} without an answer for a working day`, subtitle: (organisation) => `Centre · ${organisation}`,
  },
  devices: {
    search: 'Find by ward, label, PC', count: (count) => `${many(count, 'PC')}, worst first.`, device: 'Unit and PC', state: 'Condition, what to do', contact: 'Contact', unsent: 'Not sent yet',
    conflicts: 'To decide', acts: 'Actions', connected: 'Connected', never: 'never', since: (time) => `since ${time}`, accepted: (time) => `Last accepted ${time}`,
    oldest: (words) => `the oldest ${words}`, approveOpen: 'Approve…', revokeOpen: 'Revoke…', approveTitle: 'Approve this PC?', notNow: 'Not now', approve: 'Approve',
    compare: 'Telephone whoever sits at that PC. Both screens must show these 30 digits; if one differs, do not approve.', compared: 'Read to each other: all the same.',
    revokeTitle: 'Revoke this PC?', revokeExplain: 'This PC can no longer send or receive. Its data are not deleted. This cannot be taken back; the PC must enrol again with a new ticket.',
    revokeUnsent: (count) => `At its last report this PC had ${many(count, 'change')} not sent yet; they will not be taken any more.`, reason: 'Reason', keep: 'Do not revoke', revoke: 'Revoke',
    causes: {
      well: {what: 'Well', todo: ''},
      revoked: {what: 'Revoked', todo: ''},
      silent: {what: 'Approved, and never called', todo: 'Call the ward: run wardsync on that PC.'},
      quarantined: {what: 'Holds records that are not valid', todo: 'See that PC’s log; call the developers.'},
    },
  },
  users: {
    search: 'Search by name, unit', count: (count) => `${many(count, 'account')}.`, none: 'There are no accounts yet: any name will do, and everybody counts as leader of his unit.',
    person: 'User', unit: 'Unit', role: 'Role', standing: 'Standing', stands: 'Enabled', disabled: 'Disabled', signs: (key) => `signs with the key ${key}…`,
    addOpen: 'Add an account…', disableOpen: 'Disable…', resetOpen: 'Change…', addTitle: 'Add an account', add: 'Add', name: 'User name', nameHint: 'It stands in the history of dossiers and cannot change.',
    display: 'Full name', explain: 'From a unit’s first account on, its PCs take nothing but in the name of an account, and each decision is for those whose role it is.',
    disableTitle: 'Disable this account?', disableExplain: 'What is written in this name from now on does not apply; it is kept, and shown under “For you to decide”. What was written before stays.', reason: 'Reason', disable: 'Disable',
    resetTitle: 'Change this account', reset: 'Save and enable',
    roles: {clerk: 'Clerk', desk_head: 'Head of the desk', leader: 'Leader of the unit', accountant: 'Accountant', technician: 'Technician', administrator: 'Administrator of the centre', auditor: 'Auditor, reads only'},
  },
  tickets: {
    explain: 'Each ticket lets one new PC of one unit enrol once, within its time. Guard it like a key.', unit: 'Unit', label: 'Label', labelHint: 'To know the PC by, for instance “desk 2”.',
    address: 'Centre’s address', addressHint: 'Name or address:port, as the ward reaches it.', hours: 'Good for', make: 'Make a ticket', download: 'Download',
    made: (unit, expires) => `A ticket for ${unit}, good until ${expires}.`, next: 'Take it to the new PC and run “wardsync enrol --ticket …”. The PC then shows up under PCs, to be approved.',
  },
  dossiers: {
    readOnly: 'The dossiers of all units. Who holds one decides about it; the centre hands over, moves on and decides its own.', undecided: (count) => `${many(count, 'question')} not decided yet`,
    duplicates: 'Perhaps one matter, lodged twice', duplicatesWhy: 'One citizen, one procedure. Neither is merged into the other: the citizen holds two receipts.', same: 'One matter…', different: 'Two matters…',
    linkWhy: 'The reason, kept in both', linkConfirm: 'Note it in both',
  },
};
