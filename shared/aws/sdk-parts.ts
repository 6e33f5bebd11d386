import { createHash, createHmac } from 'node:crypto';
import { env } from 'node:process';

/*
 * What a bundle has in place of parts of the SDK (`infra/constructs/bundling.ts`). Its clients import them in any case, and in
 * a function use them hardly or never (docs/decisions/0008). Names, shapes and meaning are those that a client relies on; a
 * name that it misses fails the build.
 */

/** Lambda gives a function its credentials by its environment, and new ones to a new process. */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error('There are no credentials.');
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
};

/** DynamoDB has no need of it, and the client does without unless it is asked for. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

type Data = string | ArrayBuffer | ArrayBufferView;
function readable(data: Data): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** A digest, or under a secret its HMAC, of what it was given up to then: to be asked for once. */
export class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash;
  constructor(secret?: Data) {
    this.#secret = secret === undefined ? undefined : readable(secret);
    this.#hash = this.#fresh();
  }
  #fresh() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
  update(data: Data): void {
    this.#hash.update(readable(data));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#fresh();
  }
}
