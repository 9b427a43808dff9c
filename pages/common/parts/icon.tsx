/** Small pictures beside words, never instead of them. */

const paths = {
  pc: 'M3 4h18v12H3zM8 20h8M12 16v4',
  up: 'M12 20V6M6 11l6-6 6 6M4 3h16',
  building: 'M3 21h18M5 21V10M19 21V10M9 21v-8M15 21v-8M12 3l9 6H3z',
  check: 'M4 12.5l5 5L20 6.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6',
  question: 'M12 3l10 18H2zM12 10v5M12 18v.5',
  stop: 'M8 2h8l6 6v8l-6 6H8l-6-6V8zM8 12h8',
  link: 'M9 15l6-6M8 11l-3 3a4 4 0 0 0 6 6l3-3M16 13l3-3a4 4 0 0 0-6-6l-3 3',
  cut: 'M3 3l18 18M8 11l-3 3a4 4 0 0 0 6 6l3-3M16 13l3-3a4 4 0 0 0-6-6l-3 3',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l4 2',
  late: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v6M12 16v1',
  calendar: 'M4 5h16v16H4zM4 10h16M8 3v4M16 3v4',
  pause: 'M8 5v14M16 5v14',
  plus: 'M12 4v16M4 12h16',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  speak: 'M4 9v6h4l6 5V4L8 9zM17 9a4 4 0 0 1 0 6M19.5 6.5a8 8 0 0 1 0 11',
  list: 'M4 6h16M4 12h16M4 18h16',
  history: 'M4 12a8 8 0 1 1 2.5 5.8M4 12l-2-3M4 12l3-2M12 8v4l3 2',
  edit: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  out: 'M3 13l3-8h12l3 8v6H3zM3 13h5l1 3h6l1-3h5',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M19 5l-3 3M8 16l-3 3',
  ticket: 'M3 7h18v4a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4zM14 7v11',
  shield: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z',
  none: '',
} as const;

export type IconName = keyof typeof paths;

export function Icon({name}: {name: IconName}) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
