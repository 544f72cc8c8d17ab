import { useEffect, useRef, useState, type FormEvent, type RefObject } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, DialogBody, DialogFooter, Flex, Text } from '@backstage/ui';
import type { UseMutationResult } from '@tanstack/react-query';
import { ServiceError } from '../api';
import { useImpact, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { ActField } from './ActField';
import { EmergencyImpact } from './EmergencyImpact';
import { Refused } from './Refused';
import { choicesOf, FIELDS, type Act, type Field, type Form } from './acts';
import type { Accepted } from './ask';

/** The form of an act, with what the act does, and why the last attempt was refused. */
export function ActForm(props: {
  act: Act;
  image: Image;
  asking: UseMutationResult<Accepted, Error, Form>;
  close: () => void;
}) {
  const { act, asking, image } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [choices] = useState(() => choicesOf(act, image));
  const [form, setForm] = useState<Form>({
    digest: choices[0]?.digest ?? '',
    reason: '',
    cve: '',
    until: '',
  });
  const ref = useRef<HTMLFormElement>(null);
  useFocusAtStart(ref);
  useFocusOnError(ref, asking.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!asking.isPending) asking.mutate(form);
  };
  return (
    <form ref={ref} onSubmit={submit} noValidate>
      <DialogBody>
        <Flex direction="column" gap="4">
          <Text>{t(`actions.about.${act}`)}</Text>
          {act === 'emergency' && <EmergencyImpact name={image.name} />}
          <Flex direction="column" gap="4" data-fields>
            {FIELDS[act].map(field => (
              <ActField
                key={field}
                act={act}
                field={field}
                choices={choices}
                value={form[field]}
                error={errorOf(asking, form, field)}
                onChange={value => setForm({ ...form, [field]: value })}
              />
            ))}
          </Flex>
          {asking.error && <Refused act={act} error={asking.error} />}
        </Flex>
      </DialogBody>
      <Footer act={act} name={image.name} isPending={asking.isPending} close={props.close} />
    </form>
  );
}

function Footer(props: { act: Act; name: string; isPending: boolean; close: () => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const emergency = props.act === 'emergency';
  return (
    <DialogFooter>
      <Button variant="secondary" onPress={props.close}>
        {t('actions.cancel')}
      </Button>
      {emergency ? (
        <ConfirmEmergency name={props.name} isPending={props.isPending} />
      ) : (
        <Button type="submit" isPending={props.isPending}>
          {t(`actions.act.${props.act}`)}
        </Button>
      )}
    </DialogFooter>
  );
}

/** Only what was shown can be confirmed; where it cannot be read, an emergency is still possible. */
function ConfirmEmergency(props: { name: string; isPending: boolean }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const impact = useImpact(props.name, { emergency: true });
  return (
    <Button
      type="submit"
      destructive
      isPending={props.isPending}
      isDisabled={impact.isPending || impact.data?.total === 0}
    >
      {t('actions.act.emergency')}
    </Button>
  );
}

/** The message for a field, as long as its value is the refused one. */
function errorOf(
  asking: UseMutationResult<Accepted, Error, Form>,
  form: Form,
  field: Field,
): string | undefined {
  const { error, variables } = asking;
  if (!(error instanceof ServiceError) || variables?.[field] !== form[field]) return undefined;
  return error.fields[field]?.join(' ');
}

/** Moves the focus to the first field, or to the button that sends the form if it has none. */
function useFocusAtStart(ref: RefObject<HTMLFormElement>) {
  useEffect(() => {
    const form = ref.current;
    const first = form?.querySelector<HTMLElement>('[data-fields] :is(input, button)');
    (first ?? form?.querySelector<HTMLElement>('button[type="submit"]'))?.focus();
  }, [ref]);
}

/** Moves the focus to the first field that is wrong, when the answer comes. */
function useFocusOnError(ref: RefObject<HTMLFormElement>, error: Error | null) {
  useEffect(() => {
    if (error) ref.current?.querySelector<HTMLElement>('input[aria-invalid="true"]')?.focus();
  }, [ref, error]);
}
