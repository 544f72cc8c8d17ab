import { useId, type ReactNode } from 'react';
import { Card, CardBody, CardHeader, Flex, Text } from '@backstage/ui';

/** A card of an entity page, with its title as a heading. */
export function CardFrame(props: { title: string; children: ReactNode }) {
  const heading = useId();
  return (
    <Card aria-labelledby={heading}>
      <CardHeader>
        <Text as="h2" id={heading} variant="title-small" weight="bold">
          {props.title}
        </Text>
      </CardHeader>
      <CardBody>
        <Flex direction="column" gap="3">
          {props.children}
        </Flex>
      </CardBody>
    </Card>
  );
}
