import { useState } from 'react';
import { ProxiedSignInPage } from '@backstage/core-components';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint, type SignInPageProps } from '@backstage/plugin-app-react';
import { Button, Container, Flex, Text } from '@backstage/ui';

const USERS = ['guest', 'jane', 'joe'];
const STORED = 'sign-in-as';

/**
 * Lets a person choose a user without a password, and remembers the choice until the tab is closed. For development and
 * tests only: the backend listens on the loopback interface and trusts the header X-Forwarded-User.
 */
function ChooseUser(props: SignInPageProps) {
  const [user, setUser] = useState(() => sessionStorage.getItem(STORED));

  if (user === 'guest') {
    return <ProxiedSignInPage {...props} provider="guest" />;
  }
  if (user) {
    return <ProxiedSignInPage {...props} provider="oauth2Proxy" headers={{ 'X-Forwarded-User': user }} />;
  }
  const choose = (name: string) => {
    sessionStorage.setItem(STORED, name);
    setUser(name);
  };
  return (
    <Container>
      <main>
        <Text as="h1" variant="title-medium">
          Sign in as
        </Text>
        <Flex gap="2" mt="4">
          {USERS.map(name => (
            <Button key={name} onPress={() => choose(name)}>
              {name}
            </Button>
          ))}
        </Flex>
      </main>
    </Container>
  );
}

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [SignInPageBlueprint.make({ params: { loader: async () => ChooseUser } })],
});
