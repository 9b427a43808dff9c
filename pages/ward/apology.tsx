import {useState} from 'preact/hooks';
import {type Dossier, dossierPath, valueText} from '../common/dossier';
import {ActDialog} from '../common/parts/act';
import {TextField} from '../common/parts/field';
import {schema} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {storedTime} from '../common/time';
import {complaint} from './desk';
import {signed, useWriter} from '../common/desk/people';

const list = 'DanhSachXinLoi';

/** Form 04: the unit is late, says why, and gives another appointment. The one before it still counts when lateness is judged. */
export function ApologyDialog({dossier, onClose}: {dossier: Dossier; onClose: () => void}) {
  const t = useTexts();
  const chosen = useWriter();
  const [due, setDue] = useState('');
  const [why, setWhy] = useState('');
  const [at] = useState(storedTime(new Date()));
  const field = schema.get().fields.find((one) => one.parent === '' && one.name === 'NgayHenTra');
  const wrong = field && complaint(field, due);
  const complete = committed(due) !== '' && wrong === undefined && committed(why) !== '';
  const slip = {
    XinLoiId: String((dossier.collections[list]?.length ?? 0) + 1),
    NgayXinLoi: at,
    LyDoXinLoi: committed(why),
    NgayHenTraTruoc: valueText(dossier.fields['NgayHenTra']),
    NgayHenTraMoi: committed(due),
    ...(chosen ? {NguoiXinLoi: chosen} : {}),
  };
  const change = {append: {[list]: slip}, set: {NgayHenTra: committed(due)}, seen: dossier.version, why: committed(why)};
  return (
    <ActDialog title={t.apology.title} path={signed(`${dossierPath(dossier.id)}/changes`)} body={complete ? change : undefined} confirm={t.apology.confirm} onClose={onClose}>
      <p>{t.apology.explain}</p>
      <TextField name="apology-due" label={t.apology.due} value={due} onChange={setDue} required hint={t.form.timeHint} error={wrong && t.form.errors[wrong]} />
      <TextField name="apology-why" label={t.apology.why} value={why} onChange={setWhy} required lines={2} />
    </ActDialog>
  );
}
