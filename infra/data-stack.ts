import { CfnElement, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { CfnOptOutList } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { tableSchema } from '../shared/aws/table-schema.ts';
import { FileBucket } from './constructs/file-bucket.ts';

const key = (name: string) => ({ name, type: AttributeType.STRING });

interface DataStackProps extends StackProps {
  /** Whose pages may put files, and get them. */
  readonly corsOrigins: readonly string[] | undefined;
}

/** What must outlive every mistake: it is kept when its stack is deleted, and its logical ids never move. */
export class DataStack extends Stack {
  readonly table: Table;
  readonly optOutList: CfnOptOutList;
  readonly files: FileBucket;
  /** As other stacks come to know it, so that a wildcard behind it can be named before the stacks are put together. */
  readonly filesArn: string;

  constructor(scope: Construct, id: string, { corsOrigins, ...props }: DataStackProps) {
    super(scope, id, props);
    const { partitionKey, sortKey, index, stream, expiry } = tableSchema;

    this.table = new Table(this, 'Table', {
      partitionKey: key(partitionKey),
      sortKey: key(sortKey),
      stream: StreamViewType[stream],
      timeToLiveAttribute: expiry,
      billingMode: BillingMode.PAY_PER_REQUEST,
      // AWS's own key, at no charge: a key of one's own costs a call per use, and a key deleted by mistake loses the table.
      encryption: TableEncryption.DEFAULT,
      removalPolicy: RemovalPolicy.RETAIN,
      deletionProtection: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    this.table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: key(index.partitionKey),
      sortKey: key(index.sortKey),
      projectionType: ProjectionType[index.projection],
    });
    pin(this.table.node.defaultChild, 'Table');

    // Beside the table, not the service: who is on it has said STOP, and that holds whatever becomes of us.
    this.optOutList = new CfnOptOutList(this, 'OptOutList');
    this.optOutList.applyRemovalPolicy(RemovalPolicy.RETAIN);
    pin(this.optOutList, 'OptOutList');

    this.files = new FileBucket(this, 'Files', corsOrigins);
    pin(this.files.node.defaultChild, 'Files');
    this.filesArn = this.exportValue(this.files.bucketArn);
  }
}

/** A logical id that moves is a resource replaced; these stay, however the code around them is arranged. */
function pin(resource: unknown, id: string): void {
  if (!CfnElement.isCfnElement(resource)) throw new Error(`${id} is no resource of its own`);
  resource.overrideLogicalId(id);
}
