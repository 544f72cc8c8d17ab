import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select, TextField } from '@backstage/ui';
import { shortDigest } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { NEEDS_REASON, type Act, type Choice, type Field } from './acts';

/** The service accepts reasons up to this length. */
const LONGEST = 500;

/** One field of the form of an act, with its error. */
export function ActField(props: {
  act: Act;
  field: Field;
  choices: readonly Choice[];
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const { act, error, field, onChange, value } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const required = field === 'digest' || (field === 'reason' && NEEDS_REASON.includes(act));
  const shared = {
    name: field,
    label: t(`actions.field.${field}`),
    validationBehavior: 'aria',
    // The service judges the form, so that its words are shown, also where a value is missing.
    validate: () => error ?? null,
  } as const;
  if (field === 'digest') {
    return (
      <Select
        {...shared}
        isRequired
        value={value}
        onChange={key => onChange(String(key))}
        options={props.choices.map(choice => ({
          value: choice.digest,
          label: `${shortDigest(choice.digest)} (${choice.about})`,
        }))}
      />
    );
  }
  return (
    <TextField
      {...shared}
      isRequired={required}
      secondaryLabel={required ? undefined : t('actions.field.optional')}
      description={t(hintOf(act, field))}
      maxLength={LONGEST}
      value={value}
      onChange={onChange}
    />
  );
}

function hintOf(act: Act, field: Exclude<Field, 'digest'>) {
  if (field === 'reason') return 'actions.field.reasonHint';
  if (field === 'cve') return 'actions.field.cveHint';
  return act === 'hold' ? 'actions.field.untilHold' : 'actions.field.untilEmergency';
}
