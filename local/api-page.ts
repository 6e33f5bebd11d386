import * as z from 'zod/mini';

/*
 * The API's description as one page without scripts. The renderers that npm has are either some hundred packages or call
 * home; to read and to search, the page of a browser will do.
 */

const Schema = z.record(z.string(), z.unknown());
const Content = z._default(z.record(z.string(), z.looseObject({ schema: z.optional(Schema) })), {});
const Response = z.looseObject({
  $ref: z.optional(z.string()),
  description: z._default(z.string(), ''),
  content: Content,
});
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z._default(z.string(), ''),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(
    z.looseObject({
      name: z.string(),
      in: z.string(),
      required: z.boolean(),
      description: z._default(z.string(), ''),
      schema: Schema,
    }),
  ),
  requestBody: z.optional(z.looseObject({ content: Content })),
  responses: z.record(z.string(), Response),
});
type Operation = z.infer<typeof Operation>;
const Document = z.looseObject({
  info: z.looseObject({ title: z.string(), description: z.string() }),
  tags: z.array(z.looseObject({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema), responses: z.record(z.string(), Response) }),
});
type Document = z.infer<typeof Document>;

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** An OpenAPI document of ours as HTML. */
export function apiPage(given: unknown): string {
  const document = Document.parse(given);
  const { info, tags, components } = document;
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Placed => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = tags.map(({ name }) => ({
    name,
    operations: all.filter(({ operation }) => operation.tags[0] === name),
  }));
  const menu = groups.map(
    ({ name, operations }) =>
      `<h2>${text(name)}</h2><ul>${operations.map(({ operation }) => `<li><a href="#${text(operation.operationId)}">${text(operation.summary)}</a>`).join('')}</ul>`,
  );
  const main = groups.map(
    ({ name, operations }) => `<h2>${text(name)}</h2>${operations.map((each) => article(each, components)).join('')}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<section id="schema-${text(name)}"><h3>${text(name)}</h3>${code(schema)}</section>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(info.title)}</title><style>${STYLE}</style>
<nav><h1>${text(info.title)}</h1>${menu.join('')}<h2><a href="#schemas">Schemas</a></h2></nav>
<main>${prose(info.description)}${main.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</main></html>
`;
}

function article({ method, path, operation }: Placed, { responses }: Document['components']): string {
  const { operationId, summary, description, parameters, requestBody, security } = operation;
  const scopes = security.flatMap((way) => Object.values(way).flat());
  const rows = parameters.map(
    ({ name, in: where, required, description: what, schema }) =>
      `<tr><td><code>${text(name)}</code><td>${text(where)}${required ? ', required' : ''}<td>${prose(what)}${code(schema)}`,
  );
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const { description: what, content } =
      response.$ref === undefined ? response : (responses[last(response.$ref)] ?? response);
    // Every problem has the one shape.
    const schema = content['application/json']?.schema;
    return `<tr><td>${text(status)}<td>${prose(what)}${schema && Number(status) < 300 ? code(schema) : ''}`;
  });
  const body = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => (schema ? [code(schema)] : []));
  return `<article id="${text(operationId)}"><h3>${text(summary)}</h3>
<p><code class="call"><b>${method}</b> ${text(path)}</code> <small>scope ${text(scopes.join(', '))}</small></p>${prose(description)}
${rows.length > 0 ? `<h4>Parameters</h4><table>${rows.join('')}</table>` : ''}
${body.length > 0 ? `<h4>Body</h4>${body.join('')}` : ''}
<h4>Answers</h4><table>${answers.join('')}</table></article>`;
}

const last = (reference: string): string => reference.split('/').at(-1) ?? '';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (raw: string): string => raw.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

/** As much of Markdown as our descriptions have: paragraphs, `code` and **bold**. */
const prose = (markdown: string): string =>
  markdown === ''
    ? ''
    : text(markdown)
        .replace(/`([^`]+)`/g, '<code>$1</code>')
        .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
        .split(/\n{2,}/)
        .map((paragraph) => `<p>${paragraph}</p>`)
        .join('');

/** A schema as JSON, its references as links. */
function code(schema: unknown): string {
  const linked = text(JSON.stringify(schema, null, 2)).replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#schema-$1">$1</a>',
  );
  return linked.includes('\n  ') && linked.length > FOLDED
    ? `<details><summary>schema</summary><pre>${linked}</pre></details>`
    : `<pre>${linked}</pre>`;
}
const FOLDED = 400;

const STYLE = `
body{margin:0;display:grid;grid-template-columns:19rem minmax(0,1fr);font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}
nav{position:sticky;top:0;height:100vh;overflow:auto;box-sizing:border-box;padding:1rem;background:#f5f5f3;border-right:1px solid #ddd}
nav h1{font-size:1.1rem}nav h2{font-size:.8rem;text-transform:uppercase;margin:1rem 0 .2rem;color:#555}
nav ul{list-style:none;margin:0;padding:0}a{color:#0b5394}nav a{text-decoration:none}
main{padding:1rem 2rem;max-width:60rem}article,section{border-top:1px solid #ddd;padding:.5rem 0 1rem}
h3{margin:.5rem 0}h4{margin:1rem 0 .2rem;font-size:.85rem;color:#555}p{margin:.3rem 0}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f5f5f3;padding:.5rem;overflow:auto;margin:.3rem 0}
.call{font-size:14px}table{border-collapse:collapse;width:100%}td{border-top:1px solid #eee;padding:.3rem .6rem .3rem 0;vertical-align:top}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto}}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}nav,pre{background:#212121}a{color:#8ab4f8}
nav,article,section,td{border-color:#3a3a3a}nav h2,h4{color:#aaa}}`;
