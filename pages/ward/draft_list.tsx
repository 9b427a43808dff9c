import {Entered} from '../common/parts/said';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {clock, parseTime} from '../common/time';
import {drafts, dropDraft} from './drafts';

/** What was typed and never saved, to go on with or to drop. */
export function DraftList() {
  const t = useTexts();
  const names = useNames();
  const kept = useStore(drafts);
  if (kept.length === 0) return null;
  return (
    <section class="drafts" aria-label={t.drafts.title}>
      <h2>{t.drafts.title}</h2>
      <ul>
        {kept.map((draft) => (
          <li key={draft.id}>
            <a href={draft.dossier ? href('dossiers', draft.dossier, 'edit', draft.id) : href('new', draft.id)}>
              {draft.dossier ? t.drafts.edit : t.drafts.fresh}: <Entered text={draft.values['ChuHoSo'] || names.procedure(draft.values['MaTTHC'] ?? '') || t.drafts.unnamed} />
            </a>{' '}
            <span class="hint">{clock(parseTime(draft.at))}</span>{' '}
            <button type="button" class="small" onClick={() => dropDraft(draft)}>
              {t.drafts.drop}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
