import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiPage } from '../../local/api-page.ts';
import { documents } from '../../local/documents.ts';
import { ok } from '../../shared/domain/problem.ts';
import { openApi } from '../../shared/http/openapi.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/http/routes.ts';

it.for(Object.entries(documents()))('%s is what the code says; if not: npm run docs', ([path, text]) => {
  expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8') === text).toBe(true);
});

it('the page of the API has every route, and asks nobody else for anything', () => {
  const page = apiPage(openApi(routes));
  for (const { summary } of routes) expect(page).toContain(summary.replaceAll('"', '&quot;'));
  expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
  const anchors = [...page.matchAll(/href="#([\w-]+)"/g)].map(([, id]) => id);
  expect(anchors.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
});

it('the page shows what is written as it is written', () => {
  const sly = route({
    method: 'GET',
    path: '/v1/sly',
    scope: 'workspace:read',
    summary: 'Read <script>alert(1)</script> & "more"',
    description: 'With `<b>` in it, and **weight**.',
    tags: ['Sly'],
    input: {},
    status: 200,
    answer: z.object({ a: z.string().check(z.meta({ description: '</pre><script>' })) }),
    run: () => async () => ok({ body: { a: '' } }),
  });
  const page = apiPage(openApi([sly]));
  expect(page).not.toContain('<script');
  expect(page).toContain('Read &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;');
  expect(page).toContain('<p>With <code>&lt;b&gt;</code> in it, and <b>weight</b>.</p>');
});
