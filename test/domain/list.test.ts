import { expect, test } from 'vitest';
import { Filter } from '../../shared/domain/filter.ts';
import type { ListId } from '../../shared/domain/id.ts';
import { listsIn } from '../../shared/domain/list.ts';
import { listId } from '../support/filters.ts';

const [A, B, C] = [listId('A'), listId('B'), listId('C')];
const member = (id: ListId) => Filter.parse({ type: 'list', op: 'in', listId: id });
const VIP = Filter.parse({ type: 'tag', op: 'has', tag: 'vip' });

test.each([
  ['none', [VIP], {}, []],
  ['those it names', [{ any: [member(A), { not: member(B) }, VIP] }], {}, [A, B]],
  ['those that its lists use', [member(A)], { [A]: { all: [VIP, member(B)] }, [B]: member(C) }, [A, B, C]],
  ['each once, round a circle too', [member(A), member(A)], { [A]: member(B), [B]: member(A) }, [A, B]],
  ['one that is gone', [member(C)], {}, [C]],
])('a filter rests on %s', (_, filters, lists: Record<string, Filter>, found) => {
  expect([...listsIn(filters, (id) => lists[id])].sort()).toEqual(found);
});
