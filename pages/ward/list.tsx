import type {DossierLine} from '../common/dossier';
import {DossierList} from '../common/parts/dossier_list';
import {Heading} from '../common/parts/heading';
import {Icon} from '../common/parts/icon';
import {href} from '../common/route';
import {useTexts} from '../common/settings';
import {DraftList} from './draft_list';
import {StateWords} from './state';
import type {WardStatus} from './ward';

/** All dossiers of the ward, and whether each is safe. */
export function List({status}: {status: WardStatus | undefined}) {
  const t = useTexts();
  const column = {
    title: t.list.state,
    cell: (line: DossierLine) => (
      <StateWords state={line.state} changedAt={line.state_since || line.changed_at} reason={line.state_reason} conflicts={line.conflicts} status={status} id={line.id} />
    ),
  };
  return (
    <>
      <Heading>{t.nav.dossiers}</Heading>
      <DraftList />
      <DossierList
        column={column}
        tools={
          <a class="button primary" href={href('new')}>
            <Icon name="plus" />
            {t.nav.newDossier} <kbd>F2</kbd>
          </a>
        }
      />
    </>
  );
}
