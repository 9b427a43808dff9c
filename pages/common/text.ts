/** Text that people enter and see. */

/** As it is stored; at the moment of committing, never while somebody types. */
export function committed(text: string): string {
  return text.normalize('NFC').trim();
}

/** For finding, never for identity: lower case, no marks, đ→d, spaces squeezed. */
export function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/\s+/g, ' ').trim();
}

/** Marks that turn the reading direction, and others that nobody sees. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

export function hasUnseen(text: string): boolean {
  return text.search(unseen) >= 0;
}

export function withoutUnseen(text: string): string {
  return text.replace(unseen, '');
}

const digitWords = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];

/** A dossier's code as it is said on the telephone: digit by digit, group by group. */
/** A PC's own code until there is an official one: sixteen digits. */
export function isProvisional(code: string): boolean {
  return /^\d{16}$/.test(code);
}

/** In groups of four, as it is printed and read aloud; any other code as it is. */
export function codeShown(code: string): string {
  return isProvisional(code) ? code.replace(/(\d{4})(?=\d)/g, '$1 ') : code;
}

export function spoken(code: string, words: {dot: string; hyphen: string; digits: readonly string[]}): string[] {
  const groups: string[] = [];
  for (const part of code.split(/([ .-])/)) {
    if (part === '.') groups.push(words.dot);
    else if (part === '-') groups.push(words.hyphen);
    else if (part && part !== ' ') groups.push([...part].map((letter) => (/\d/.test(letter) ? (words.digits[Number(letter)] ?? letter) : letter)).join(' '));
  }
  return groups;
}

export const vietnameseDigits: readonly string[] = digitWords;
