// An OpenID Connect provider for tests: provider.mjs PORT REDIRECT LOGOUT CLIENT SECRET
// Anybody signs in with any password; the groups of a person are those of the file named by ACCOUNTS.
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, redirect, logout, client, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const groupsOf = (name) => JSON.parse(readFileSync(process.env.ACCOUNTS, "utf8"))[name] ?? [];

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: client,
      client_secret: secret,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [logout],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
  scopes: ["openid", "profile", "groups"],
  pkce: { required: () => true },
  cookies: { keys: ["of the tests"] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, groups: groupsOf(id) }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
