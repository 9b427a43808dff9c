import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {useNow} from '../common/live';
import {DossierName} from '../common/parts/dossier_name';
import {Heading} from '../common/parts/heading';
import {Icon} from '../common/parts/icon';
import {Pager, usePages} from '../common/parts/pager';
import {Banner, TroubleSaid} from '../common/parts/said';
import {settings, useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {age, clock, parseTime} from '../common/time';
import type {WardStatus} from './ward';

type Said = {vi: string; en: string};
type OutboxLine = {id: string; code: string; owner: string; since: string; records: number; attempts: number; last_reason: string; next_try_at: string; stuck: boolean;
                   cause?: Said; action?: Said};
const pageSize = 100;

type OutboxAnswer = {dossiers: OutboxLine[]; next: string};

/** One dossier that only this PC has: since when, why, what comes next. */
function Row({line, now}: {line: OutboxLine; now: Date}) {
  const t = useTexts();
  const {language} = useStore(settings);
  const since = parseTime(line.since);
  const next = parseTime(line.next_try_at);
  return (
    <tr>
      <th scope="row">
        <DossierName {...line} procedure="" />
      </th>
      <td>
        {since && t.age(age(now.getTime() - since.getTime()))} <span class="hint">{t.outbox.since(clock(since), line.records)}</span>
      </td>
      <td>
        <div class={line.stuck ? 'state stuck' : 'state'}>
          <span class="words">{line.cause ? line.cause[language] : t.state.sending.name}</span>
          {line.action && <p>{line.action[language]}.</p>}
          {line.attempts > 0 && <p>{t.outbox.attempts(line.attempts)}</p>}
          {next && <p>{t.link.nextTry(clock(next))}</p>}
        </div>
      </td>
    </tr>
  );
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
  const {value, trouble, paging} = usePages<OutboxAnswer>('/v1/outbox', pageSize, (page) => page.dossiers.length);
  return (
    <>
      <Heading>{t.nav.outbox}</Heading>
      <p>{t.outbox.explain}</p>
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
              <th scope="col">{t.outbox.age}</th>
              <th scope="col">{t.outbox.reason}</th>
            </tr>
          </thead>
          <tbody>
            {value.dossiers.map((line) => (
              <Row key={line.id} line={line} now={now} />
            ))}
          </tbody>
        </table>
      )}
      <Pager paging={paging} label={t.nav.outbox} />
    </>
  );
}
