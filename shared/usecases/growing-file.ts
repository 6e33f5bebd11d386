import { type Files, SMALLEST_PART } from '../ports.ts';

/** What is kept of a file that grows from call to call. */
export interface Grown {
  readonly upload?: string | undefined;
  readonly parts: readonly string[];
  /** Where lies what was too little for a part. */
  readonly tail?: string | undefined;
  readonly bytes: number;
}

/** Of what is held in memory. */
const LARGEST_PART = 3 * SMALLEST_PART;

/** Writes on where `grown` ends. One that stays small is never made of parts. */
export async function growingFile(files: Files, name: string, contentType: string, grown: Grown) {
  const held: Uint8Array[] = grown.tail === undefined ? [] : await chunksOf(files.read(grown.tail, 0));
  const parts = [...grown.parts];
  let { upload, bytes } = grown;
  const size = () => held.reduce((sum, { length }) => sum + length, 0);

  async function putPart(): Promise<void> {
    upload ??= await files.begin(name, contentType);
    parts.push(await files.putPart(name, upload, parts.length + 1, Buffer.concat(held.splice(0))));
  }

  return {
    async add(text: string): Promise<void> {
      const added = Buffer.from(text);
      bytes += added.length;
      held.push(added);
      if (size() >= LARGEST_PART) await putPart();
    },
    /** There is enough for a part, so that nothing has to lie beside the file. */
    isPart: () => size() >= SMALLEST_PART,
    async pause(tail: string): Promise<Grown> {
      if (size() >= SMALLEST_PART) await putPart();
      if (held.length === 0) return { upload, parts, bytes };
      await files.put(tail, Buffer.concat(held), contentType);
      return { upload, parts, bytes, tail };
    },
    /** Puts the rest: as the last part, or as the file itself where it has none. */
    async seal(): Promise<Grown> {
      if (upload === undefined) await files.put(name, Buffer.concat(held), contentType);
      else if (held.length > 0) await putPart();
      return { upload, parts, bytes };
    },
  };
}

async function chunksOf(read: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of read) chunks.push(chunk);
  return chunks;
}
