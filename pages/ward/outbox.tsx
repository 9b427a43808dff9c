import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {useNow, useRead} from '../common/live';
import {Heading} from '../common/parts/heading';
import {Icon} from '../common/parts/icon';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {href} from '../common/route';
import {useTexts} from '../common/settings';
import {age, clock, parseTime} from '../common/time';
import {LinkWords} from './state';
import {stuckAfterMs, type WardStatus} from './ward';

type OutboxLine = {id: string; code: string; owner: string; records: number; oldest_at: string};
type OutboxAnswer = {dossiers: OutboxLine[]; next?: string};

function isStuck(status: WardStatus, now: Date): boolean {
  if (status.queue.records === 0 || status.link.state !== 'open') return false;
  const since = Math.max(parseTime(status.link.since)?.getTime() ?? 0, parseTime(status.queue.oldest_at)?.getTime() ?? 0, parseTime(status.receipted.at)?.getTime() ?? 0);
  return now.getTime() - since > stuckAfterMs;
}

function Actions({status}: {status: WardStatus}) {
  const t = useTexts();
  const [trouble, setTrouble] = useState<Trouble>();
  const act = async (action: 'now' | 'pause' | 'resume'): Promise<void> => {
    const answer = await write('/v1/sync', {action}, newKey());
    setTrouble(answer.ok ? undefined : answer.trouble);
  };
  return (
    <>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void act(status.link.state === 'paused' ? 'resume' : 'now')}>
          <Icon name="up" />
          {status.link.state === 'paused' ? t.outbox.resume : t.outbox.sendNow}
        </button>
      </div>
      {trouble && <TroubleSaid trouble={trouble} />}
    </>
  );
}

/** What is on this PC only. */
export function Outbox({status}: {status: WardStatus | undefined}) {
  const t = useTexts();
  const now = useNow();
  const {value, trouble} = useRead<OutboxAnswer>('/v1/outbox?limit=500');
  return (
    <>
      <Heading>{t.nav.outbox}</Heading>
      <p>{t.outbox.explain}</p>
      {status && <LinkWords status={status} />}
      {status && isStuck(status, now) && (
        <Banner kind="bad" icon="question">
          <strong>{t.outbox.stuck}</strong>
          <p>{t.outbox.stuckTodo}</p>
        </Banner>
      )}
      {status && status.refused_segments > 0 && (
        <Banner kind="bad" icon="stop">
          {t.outbox.refused(status.refused_segments)}
        </Banner>
      )}
      {status && <Actions status={status} />}
      {trouble && <TroubleSaid trouble={trouble} />}
      {value?.dossiers.length === 0 && <p role="status">{t.outbox.none}</p>}
      {value && value.dossiers.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{t.list.owner}</th>
              <th scope="col">{t.outbox.records}</th>
              <th scope="col">{t.outbox.age}</th>
            </tr>
          </thead>
          <tbody>
            {value.dossiers.map((line) => (
              <tr key={line.id}>
                <th scope="row">
                  <a href={href('dossiers', line.id)}>{line.owner ? <Entered text={line.owner} /> : t.list.noOwner}</a>
                  <span class="code">{line.code || t.list.noCode}</span>
                </th>
                <td>{line.records}</td>
                <td>
                  {t.age(age(now.getTime() - (parseTime(line.oldest_at)?.getTime() ?? now.getTime())))} <span class="hint">{clock(parseTime(line.oldest_at))}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
