import { App } from 'aws-cdk-lib';
import { deployment } from './deployment.ts';

// What the `cdk` command runs; cdk.json and `-c name=value` say how.
deployment(new App());
