import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** Files on their way in and out: personal data in plain text, so nothing in it grows old. */
export class FileBucket extends Bucket {
  constructor(scope: Construct, id: string, corsOrigins: readonly string[] | undefined) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // A bucket that still holds something cannot be deleted, and would hold up the deletion of its stack.
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'Imports', prefix: 'imports/', expiration: Duration.days(KEPT_DAYS) },
        { id: 'Exports', prefix: 'exports/', expiration: Duration.days(KEPT_DAYS) },
        { id: 'Unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      ...(corsOrigins && {
        cors: [
          {
            allowedOrigins: [...corsOrigins],
            allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
            allowedHeaders: ['content-type'],
            maxAge: Duration.hours(1).toSeconds(),
          },
        ],
      }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Files live for a week at most and only our functions reach them; CloudTrail data events can be turned on for those who have to know of each access.',
    });
  }
}

/** An export says so too: docs/operations.md. */
const KEPT_DAYS = 7;
