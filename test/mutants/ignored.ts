import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Lists of words and names, and texts of templates: that each is spelled as it is, no test should say again. */
const DATA = /shared\/domain\/(?:look-alike|opt-out-\w+|score-words|states|templates\/[\w-]+)\.ts$/;

interface Place {
  readonly node: {
    readonly type: string;
    readonly flags?: string;
    readonly elements?: readonly ({ readonly type: string } | null)[];
  };
  readonly hub?: { readonly file?: { readonly opts: { readonly filename?: string } } };
}

function shouldIgnore({ node, hub }: Place): string | undefined {
  if (node.type === 'RegExpLiteral' && node.flags?.includes('v')) return 'what the tool makes of \\v is a syntax error';
  const isText = ({ type }: { readonly type: string }) => type === 'StringLiteral' || type === 'TemplateLiteral';
  const isRow = node.type === 'ArrayExpression' && node.elements?.every((element) => element && isText(element));
  return (isText(node) || isRow) && DATA.test(hub?.file?.opts.filename ?? '') ? 'a text in a file of data' : undefined;
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'not-worth-it', { shouldIgnore })];
