import type { Files, Link } from '../ports.ts';
import { type Asked, type Identity, RequestFailed, signedRequests } from './signed-request.ts';

const LINK_SECONDS = 3600;
/** Read as a whole, so that a slow reader holds no connection open. */
const WINDOW_BYTES = 4 * 1024 * 1024;

interface Named {
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Files in a bucket. */
export function bucketFiles(bucket: string, identity: () => Identity, fetcher?: typeof fetch): Files {
  const requests = signedRequests({ name: 's3', timeoutMs: 20_000, codeIn }, identity, fetcher);

  function addressOf({ name, query = {} }: Named): URL {
    const { AWS_REGION, AWS_ENDPOINT_URL } = identity();
    const suffix = AWS_REGION.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const base =
      AWS_ENDPOINT_URL === undefined
        ? `https://${bucket}.s3.${AWS_REGION}.${suffix}`
        : `${AWS_ENDPOINT_URL.replace(/\/$/, '')}/${bucket}`;
    const url = new URL(`${base}/${name}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url;
  }

  async function link(
    method: 'GET' | 'PUT',
    { name, query = {} }: Named,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Link> {
    const url = addressOf({ name, query: { ...query, 'X-Amz-Expires': String(LINK_SECONDS) } });
    const signed = await requests.link({ method, url, headers });
    return { url: signed, headers, expiresAt: Date.now() + LINK_SECONDS * 1000 };
  }

  const ask = ({ name, query, ...asked }: Omit<Asked, 'url'> & Named): Promise<Response> =>
    requests.ask({ ...asked, url: addressOf({ name, ...(query && { query }) }) });

  async function* read(name: string, from: number): AsyncGenerator<Uint8Array> {
    for (let at = from; ; ) {
      const headers = { range: `bytes=${at}-${at + WINDOW_BYTES - 1}` };
      // 416: nothing begins there.
      const answer = await ask({ method: 'GET', name, headers, expected: [200, 206, 416] });
      if (answer.status === 416) return;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length > 0) yield bytes;
      at += bytes.length;
      if (answer.status === 200 || at >= totalIn(answer)) return;
    }
  }

  const size = async (name: string): Promise<number | undefined> => {
    const answer = await ask({ method: 'HEAD', name, expected: [200, 404] });
    return answer.status === 404 ? undefined : Number(answer.headers.get('content-length'));
  };

  return {
    uploadLink: (name, contentType) => link('PUT', { name }, { 'content-type': contentType }),
    downloadLink: (name, saveAs) =>
      link('GET', { name, query: { 'response-content-disposition': `attachment; filename="${saveAs}"` } }),
    size,
    read,
    put: async (name, body, contentType) => {
      await ask({ method: 'PUT', name, body, headers: { 'content-type': contentType }, expected: [200] });
    },
    begin: async (name, contentType) => {
      const headers = { 'content-type': contentType };
      const answer = await ask({ method: 'POST', name, query: { uploads: '' }, headers, expected: [200] });
      const [, upload] = /<UploadId>([^<]+)<\/UploadId>/.exec(await answer.text()) ?? [];
      if (upload === undefined) throw new RequestFailed('s3', 'POST', 'no upload id');
      return upload;
    },
    putPart: async (name, upload, part, body) => {
      const query = { partNumber: String(part), uploadId: upload };
      const answer = await ask({ method: 'PUT', name, query, body, expected: [200] });
      const tag = answer.headers.get('etag');
      if (tag === null) throw new RequestFailed('s3', 'PUT', 'no tag of a part');
      return tag;
    },
    finish: async (name, upload, parts) => {
      const list = parts
        .map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
        .join('');
      const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
      const answer = await ask({ method: 'POST', name, query: { uploadId: upload }, body, expected: [200, 404] });
      // It answers 200 before it is done, and may say only then that it has failed.
      const code = codeIn(await answer.text());
      if (code === undefined && answer.status === 200) return;
      // An earlier try has come through unheard.
      if (code === 'NoSuchUpload' && (await size(name)) !== undefined) return;
      throw new RequestFailed('s3', 'POST', `${answer.status} ${code ?? ''}`);
    },
    abandon: async (name, upload) => {
      await ask({ method: 'DELETE', name, query: { uploadId: upload }, expected: [204, 404] });
    },
    remove: async (name) => {
      await ask({ method: 'DELETE', name, expected: [204, 404] });
    },
  };
}

/** In XML. */
const codeIn = (text: string): string | undefined => /<Error>[\s\S]*?<Code>(\w+)<\/Code>/.exec(text)?.[1];

/** `bytes 0-99/1000` */
const totalIn = ({ headers }: Response): number => Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]);
