import { AwsV4Signer } from 'aws4fetch';
import { backOff } from './back-off.ts';

/** Whose name requests are signed in. */
export interface Identity {
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  /** Another place than AWS. */
  readonly AWS_ENDPOINT_URL?: string | undefined;
}

/** Its name, which is all that a log says, is the service and what that answered: a status and AWS's own code, and nothing that was sent. */
export class RequestFailed extends Error {
  override readonly name: string;
  constructor(service: Service['name'], method: string, told: string) {
    super(`${method}: ${told}`);
    this.name = `${service} ${told}`;
  }
}

const TRIES = 6;

interface Signable {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked extends Signable {
  readonly body?: Uint8Array | string;
  /** Statuses that are answers; all else is tried again, or a fault. */
  readonly expected: readonly number[];
}

interface Service {
  readonly name: 's3' | 'sqs';
  /** For an answer, before the request is made again. */
  readonly timeoutMs: number;
  /** The code of an error, of all that the service says about it. */
  readonly codeIn: (text: string) => string | undefined;
}

/** The few requests that we make of a service whose own client would weigh more than they are worth, signed by hand. */
export function signedRequests(service: Service, identity: () => Identity, fetcher: typeof fetch = fetch) {
  function signer({ method, url, headers }: Signable, more: { readonly body?: string; readonly signQuery?: true }) {
    const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = identity();
    return new AwsV4Signer({
      ...{ method, url: url.href, service: service.name, region: AWS_REGION, allHeaders: true },
      ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
      headers: { ...headers },
      ...more,
    });
  }

  return {
    /** The address with the signature in it, for whoever is given it. */
    link: async (asked: Signable): Promise<string> => (await signer(asked, { signQuery: true }).sign()).url.href,

    /** All that we ask may be asked again. */
    async ask({ body, expected, ...asked }: Asked): Promise<Response> {
      for (let tries = 1; ; tries += 1) {
        let told: string;
        try {
          // A body counts where the service wants its digest: S3 does not, so parts of files need none.
          const { url, method, headers } = await signer(asked, typeof body === 'string' ? { body } : {}).sign();
          const answer = await fetcher(url, {
            ...{ method, headers, signal: AbortSignal.timeout(service.timeoutMs) },
            ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
          });
          if (expected.includes(answer.status)) return answer;
          const code = service.codeIn(await answer.text()) ?? '';
          told = `${answer.status} ${code}`.trim();
          if (!isPassing(answer.status, code)) throw new RequestFailed(service.name, asked.method, told);
        } catch (error) {
          if (error instanceof RequestFailed) throw error;
          told = error instanceof Error ? error.name : 'Error';
        }
        if (tries === TRIES) throw new RequestFailed(service.name, asked.method, `${told}, ${TRIES} times`);
        await backOff(tries);
      }
    },
  };
}

const isPassing = (status: number, code: string) => status >= 500 || status === 429 || code.includes('Throttl');
