import type {ComponentChildren} from 'preact';
import type {Trouble} from '../api';
import {useTexts} from '../settings';
import {Icon, type IconName} from './icon';

/** What a person entered, somewhere: never markup, and its direction marks stay inside. */
export function Entered({text}: {text: string}) {
  return <bdi>{text}</bdi>;
}

export function Banner({kind, icon, children}: {kind: 'calm' | 'warn' | 'bad' | 'good'; icon: IconName; children: ComponentChildren}) {
  return (
    <div class={`banner ${kind}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** What happened, what is safe, what to do; in the page's words where it knows the trouble, and in the daemon's own as well. */
export function TroubleSaid({trouble}: {trouble: Trouble}) {
  const t = useTexts();
  const known = t.troubles[trouble.name as keyof typeof t.troubles] ?? t.troubles.unknown;
  return (
    <div role="alert">
      <Banner kind="bad" icon="question">
        <strong>{known.what}</strong>
        <p>{known.remedy}</p>
        {trouble.detail && (
          <p class="hint" lang="en">
            <Entered text={trouble.detail} />
          </p>
        )}
      </Banner>
    </div>
  );
}
