import {useState} from 'preact/hooks';
import {settings, useTexts} from '../settings';
import {useStore} from '../store';
import {codeShown, isProvisional, spoken, vietnameseDigits} from '../text';
import {Icon} from './icon';
import {Entered} from './said';

/** Without the clipboard's permission (an old browser, a strict one) the text is selected, for Ctrl+C. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const englishDigits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A dossier's code, to be copied, and to be read out on the telephone. */
export function CodeWords({codes}: {codes: readonly string[]}) {
  const t = useTexts();
  const {language} = useStore(settings);
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const [reading, setReading] = useState(false);
  const code = codes[0];
  if (!code) return <p class="hint">{t.list.noCode}</p>;
  const digits = language === 'vi' ? vietnameseDigits : englishDigits;
  return (
    <div class="dossier-code">
      <span class="code big">
        <Entered text={codeShown(code)} />
      </span>
      <button type="button" class="small" onClick={() => void copy(code).then((done) => setCopied(done ? 'yes' : 'failed'))}>
        <Icon name="copy" />
        {t.code.copy}
      </button>
      <button type="button" class="small" aria-expanded={reading} onClick={() => setReading(!reading)}>
        <Icon name="speak" />
        {t.code.read}
      </button>
      <span role="status" class="hint">
        {copied === 'yes' && t.code.copied}
        {copied === 'failed' && t.code.notCopied}
      </span>
      {reading && (
        <p class="spoken">
          {spoken(codeShown(code), {dot: t.code.dot, hyphen: t.code.hyphen, digits}).map((group, index) => (
            <span key={index}>{group}</span>
          ))}
        </p>
      )}
      {isProvisional(code) && (
        <p>
          <strong>{t.code.provisional}</strong> {t.code.officialFollows}
        </p>
      )}
      {codes.length > 1 && (
        <p class="hint">
          {t.code.also}{' '}
          {codes.slice(1).map((other) => (
            <span key={other} class="fact">
              <Entered text={codeShown(other)} />
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
