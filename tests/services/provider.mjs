// A real OpenID provider (npm oidc-provider) on 127.0.0.1: node provider.mjs PORT BACK ACCOUNTS.
// ACCOUNTS is JSON: what the ID token says of each login name, which is the subject. Its own pages ask for the name.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, back, known] = process.argv.slice(2);
const accounts = JSON.parse(known);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const names = new Set(Object.values(accounts).flatMap((claims) => Object.keys(claims)));

const client = (id) => ({
  client_id: id,
  client_secret: `the secret of ${id}, for tests alone`,
  redirect_uris: [back],
  grant_types: ["authorization_code"],
  response_types: ["code"],
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client("person"), client("staff")],
  claims: { openid: ["sub", ...names] },
  conformIdTokenClaims: false,
  cookies: { keys: ["a key that only the tests use"] },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, name) => ({
    accountId: name,
    claims: () => ({ ...accounts[name], sub: name }),
  }),
});

createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => {
  console.log("listening");
});
