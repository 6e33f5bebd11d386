import { expect, it, test } from 'vitest';
import { cursorOf, InvalidCursor, positionOf } from '../../shared/domain/cursor.ts';

const cursor = cursorOf(['C#1', 'MSG#7']);

it('a cursor leads back to where the page ended', () => {
  expect(positionOf({ pk: 'C#1', prefix: 'MSG#', cursor }, 2)).toEqual(['C#1', 'MSG#7']);
  expect(positionOf({ pk: 'C#1', cursor }, 2)).toEqual(['C#1', 'MSG#7']);
  expect(positionOf({ pk: 'C#1' }, 2)).toBeUndefined();
  expect(cursor).toMatch(/^[\w-]+$/);
});

const raw = (text: string) => Buffer.from(text).toString('base64url');
test.each([
  ['of another partition', { pk: 'C#2' }, cursor, 'the cursor is of another query'],
  ['of another list', { pk: 'C#1', prefix: 'RUN#' }, cursor, 'the cursor is of another query'],
  ['of another index', { pk: 'C#1' }, cursorOf(['C#1', 'MSG#7', 'more']), 'the cursor is of another query'],
  ['too short', { pk: 'C#1' }, cursorOf(['C#1']), 'the cursor is of another query'],
  ['made up', { pk: 'C#1' }, 'nonsense', 'not a cursor of this table'],
  ['empty', { pk: 'C#1' }, '', 'not a cursor of this table'],
  ['of an empty key', { pk: 'C#1' }, raw('["C#1",""]'), 'not a cursor of this table'],
  ['of no list', { pk: 'C#1' }, raw('{}'), 'not a cursor of this table'],
  ['spelled in another way', { pk: 'C#1' }, raw('["C#1", "MSG#7"]'), 'not a cursor of this table'],
  ['with something behind it', { pk: 'C#1' }, `${cursor}=`, 'not a cursor of this table'],
])('a cursor %s is refused', (_, asked, given, detail) => {
  const read = () => positionOf({ ...asked, cursor: given }, 2);
  expect(read).toThrow(InvalidCursor);
  expect(read).toThrow(expect.objectContaining({ name: 'InvalidCursor', message: detail }));
});
