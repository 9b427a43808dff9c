import {useState} from 'preact/hooks';
import {CustodyShown} from '../common/desk/custody';
import {LinkedShown} from '../common/desk/linked';
import type {Here} from '../common/desk/model';
import {StatusDialog} from '../common/desk/status';
import {UnappliedShown} from '../common/desk/unapplied';
import {type Dossier, type DossierLine, dossierPath, valueText, voidField} from '../common/dossier';
import {useRead} from '../common/live';
import {CodeWords} from '../common/parts/code';
import {Collections} from '../common/parts/collections';
import {DeadlineWords} from '../common/parts/deadline';
import {DossierList} from '../common/parts/dossier_list';
import {ErasedShown} from '../common/parts/erased';
import {Facts} from '../common/parts/facts';
import {Heading} from '../common/parts/heading';
import {History} from '../common/parts/history';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {clock, parseTime} from '../common/time';

/** What all units have sent in. */
export function Dossiers() {
  const t = useTexts();
  const names = useNames();
  const column = {
    title: t.list.unit,
    cell: (line: DossierLine) => (
      <>
        {names.unit(line.unit)}
        <span class="hint">{line.conflicts > 0 ? t.dossiers.undecided(line.conflicts) : clock(parseTime(line.changed_at))}</span>
      </>
    ),
  };
  return (
    <>
      <Heading>{t.nav.dossiers}</Heading>
      <p class="hint">{t.dossiers.readOnly}</p>
      <DossierList column={column} />
    </>
  );
}

export function DossierPage({id, here}: {id: string; here: Here}) {
  const t = useTexts();
  const names = useNames();
  const [moving, setMoving] = useState(false);
  const {value: dossier, trouble} = useRead<Dossier>(dossierPath(id));
  return (
    <>
      <p>
        <a href={href('dossiers')}>{t.dossier.back}</a>
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {dossier && (
        <>
          <Heading>
            <Entered text={valueText(dossier.fields['ChuHoSo']) || t.list.noOwner} />
          </Heading>
          <p>
            <strong>{names.status(valueText(dossier.fields['TrangThaiHoSo']))}</strong>
          </p>
          {!valueText(dossier.fields[voidField]) && !dossier.erased && (
            <p>
              <DeadlineWords deadline={dossier.deadline} />
            </p>
          )}
          <ErasedShown dossier={dossier} />
          <CodeWords codes={dossier.codes} />
          {dossier.conflicts.length > 0 && (
            <Banner kind="warn" icon="person">
              <a href={href('inbox', dossier.id)}>{t.dossiers.undecided(dossier.conflicts.length)}</a>
            </Banner>
          )}
          <UnappliedShown dossier={dossier} />
          <CustodyShown dossier={dossier} here={here} />
          <LinkedShown dossier={dossier} here={here} />
          {dossier.custody.unit === here.unit && !dossier.erased && (
            <p>
              <button type="button" onClick={() => setMoving(true)}>
                {t.dossier.changeStatus}
              </button>
            </p>
          )}
          {moving && <StatusDialog dossier={dossier} onClose={() => setMoving(false)} />}
          <Facts dossier={dossier} />
          <Collections dossier={dossier} />
          <History which={dossier.id} />
        </>
      )}
    </>
  );
}
