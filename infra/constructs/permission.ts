import { type Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';

/** One thing a function may do, under a name that stands in its policy. */
export interface Permission {
  readonly name: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why it names more than single things; whoever uses a `*` has to say. */
  readonly wildcardBecause?: string;
}

/** Lets the role do it. cdk-nag wants every wildcard acknowledged by the very resource it stands in. */
export function allow(role: Role, permission: Permission): void {
  const { name, actions, resources, conditions, wildcardBecause } = permission;
  const statement = { sid: name, actions: [...actions], resources: [...resources], ...(conditions && { conditions }) };
  role.addToPolicy(new PolicyStatement(statement));
  const open = resources
    .map((resource) => plainText(role.stack, resource))
    .filter((resource) => resource.includes('*'));
  if (open.length === 0) return;
  if (wildcardBecause === undefined) throw new Error(`${name} has a wildcard and no reason for it`);
  for (const resource of open) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason: wildcardBecause });
  }
}

/** As cdk-nag spells a value that only CloudFormation knows whole: `arn:<AWS::Partition>:…` */
function plainText(stack: Stack, value: string): string {
  const visit = (node: unknown): string => {
    if (typeof node === 'string') return node;
    if (typeof node !== 'object' || node === null) return '';
    if ('Ref' in node) return `<${String(node.Ref)}>`;
    if ('Fn::GetAtt' in node && Array.isArray(node['Fn::GetAtt'])) return `<${node['Fn::GetAtt'].join('.')}>`;
    if ('Fn::ImportValue' in node) return visit(node['Fn::ImportValue']);
    if (!('Fn::Join' in node) || !Array.isArray(node['Fn::Join'])) return JSON.stringify(node);
    const joined: readonly unknown[] = node['Fn::Join'];
    const [delimiter, parts] = joined;
    return Array.isArray(parts) ? parts.map(visit).join(String(delimiter)) : '';
  };
  return visit(stack.resolve(value));
}
