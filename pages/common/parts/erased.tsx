import type {Dossier} from '../dossier';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {clock, parseTime} from '../time';
import {Banner, Entered} from './said';

/** What is said of a dossier that was erased by order; nothing of one that stands. */
export function ErasedShown({dossier}: {dossier: Dossier}) {
  const t = useTexts();
  const names = useNames();
  const by = dossier.erased;
  if (!by) return null;
  return (
    <Banner kind="warn" icon="stop">
      <strong>{t.erasures.erased}</strong> · {clock(parseTime(by.at))} · {by.by}, {names.unit(by.by_unit)}
      <p>
        {t.erasures.reason}: <Entered text={by.reason} />
      </p>
      <p class="hint">{t.erasures.left}</p>
    </Banner>
  );
}
