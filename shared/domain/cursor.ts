import * as z from 'zod/mini';

/** A cursor that no query of this table has given. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/** Where a page ends: the keys of its last row, partition and sort key first. No key is empty. */
const Position = z.array(z.string().check(z.minLength(1)));

export const cursorOf = (position: readonly string[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

interface Asked {
  readonly pk: string;
  readonly prefix?: string;
  readonly cursor?: string | undefined;
}

/** What `cursorOf` was given, if it was `length` keys long and lies within what is asked for. */
export function positionOf({ pk, prefix = '', cursor }: Asked, length: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const position = decoded(cursor);
  if (position.length !== length || position[0] !== pk || !position[1]?.startsWith(prefix)) {
    throw new InvalidCursor('the cursor is of another query');
  }
  return position;
}

function decoded(cursor: string): readonly string[] {
  try {
    const position = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (cursorOf(position) === cursor) return position;
  } catch {
    // Not ours: what was wrong with it is nobody's business.
  }
  throw new InvalidCursor('not a cursor of this table');
}
