import {Heading} from '../common/parts/heading';
import {Banner} from '../common/parts/said';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {clock, parseTime, shownDate} from '../common/time';
import {diskFreeMin, type WardStatus} from './ward';

/** What is wrong with this PC, each with what to do; nothing when all is well. */
export function Alarms({status}: {status: WardStatus}) {
  const t = useTexts();
  const wrong: [string, string][] = [];
  if (status.alarm === 'rollback') wrong.push([t.alarm.rollback, t.alarm.callCentre]);
  if (status.alarm === 'two_faces') wrong.push([t.alarm.twoFaces, t.alarm.callCentre]);
  if (status.alarm === 'told_otherwise') wrong.push([t.alarm.toldOtherwise, t.alarm.callCentre]);
  if (status.alarm === 'unproved') wrong.push([t.alarm.unproved, t.alarm.callCentre]);
  if (status.alarm === 'archive') wrong.push([t.alarm.archive, t.alarm.callCentre]);
  if (status.alarm === 'summary') wrong.push([t.alarm.summary, t.alarm.callCentre]);
  if (status.approval === 'revoked') wrong.push([t.alarm.revoked, t.alarm.callCentre]);
  if (!status.clock.trusted) wrong.push([t.alarm.clock(Math.round(Math.abs(status.clock.offset_ms) / 60_000)), t.alarm.setClock]);
  if (status.disk.free_bytes < diskFreeMin) wrong.push([t.alarm.disk(Math.floor(status.disk.free_bytes / 1_048_576)), t.alarm.freeDisk]);
  if (status.quarantined > 0) wrong.push([t.alarm.quarantined(status.quarantined), t.alarm.callCentre]);
  return (
    <>
      {wrong.map(([what, remedy]) => (
        <Banner key={what} kind="bad" icon="question">
          <strong>{what}</strong>
          <p>{remedy}</p>
        </Banner>
      ))}
      {status.set_aside > 0 && (
        <Banner kind="warn" icon="stop">
          <strong>{t.setAside.alarm(status.set_aside)}</strong>{' '}
          <a href={href('inbox')}>{t.setAside.look}</a>
        </Banner>
      )}
    </>
  );
}

/** The PC itself: for the telephone call with the technician. */
export function Machine({status}: {status: WardStatus | undefined}) {
  const t = useTexts();
  const names = useNames();
  if (!status) return <Heading>{t.nav.machine}</Heading>;
  const facts: [string, string][] = [
    [t.machine.unit, `${names.unit(status.unit)} (${status.unit})`],
    [t.machine.device, status.device],
    [t.machine.centre, status.centre],
    [t.machine.receipted, `${status.receipted.through} · ${clock(parseTime(status.receipted.at))}`],
    [t.machine.waiting, String(status.queue.records)],
    [t.machine.dossiers, String(status.dossiers)],
    [t.machine.codes, status.codes.official ? t.machine.codesLeft(status.codes.left_today, shownDate(status.codes.until)) : t.machine.codesProvisional(status.codes.provisional)],
    [t.machine.clock, t.machine.clockOffset(Math.round(status.clock.offset_ms / 1000))],
    [t.machine.disk, t.machine.megabytes(Math.floor(status.disk.free_bytes / 1_048_576))],
    [t.machine.lastError, status.link.last_error],
    [t.machine.version, status.version],
  ];
  return (
    <>
      <Heading>{t.nav.machine}</Heading>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}
