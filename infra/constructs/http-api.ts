import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  CorsHttpMethod,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routes } from '../../shared/http/routes.ts';
import type { Settings } from '../settings.ts';
import type { ServiceFunction } from './service-function.ts';

interface HttpApiProps {
  readonly handler: ServiceFunction;
  readonly settings: Settings;
  readonly retention: RetentionDays;
}

/**
 * The API as API Gateway sees it: one route for each of ours, all to one function. Callers sign with IAM, or bring a
 * token that has the route's scope. There is no route for the rest: our router reads paths more leniently than the
 * gateway, and whatever fell through to it would have passed the scopes by.
 */
export class HttpApi extends Construct {
  readonly api: Api;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, { handler, settings, retention }: HttpApiProps) {
    super(scope, id);
    const { corsOrigins, apiRate, apiBurst, jwtScopePrefix } = settings;
    const jwt = jwtOf(settings);
    this.api = new Api(this, 'Api', {
      apiName: `sms-workflows-${settings.stage}`,
      description: 'sms-workflows: workflows, contacts, messages',
      createDefaultStage: false,
      defaultAuthorizer: jwt ?? new HttpIamAuthorizer(),
      ...(corsOrigins && { corsPreflight: cors(corsOrigins) }),
    });
    const integration = new HttpLambdaIntegration('Handler', handler.handler, {
      // One permission for the whole API: one for each route is more than a function's policy holds.
      scopePermissionToRoute: false,
      timeout: Duration.seconds(29),
    });
    for (const { method, path, scope: right } of routes) {
      this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
        ...(jwt && { authorizationScopes: [`${jwtScopePrefix}${right}`] }),
      });
    }
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: apiRate, burstLimit: apiBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', { retention, removalPolicy: RemovalPolicy.DESTROY }),
        ),
        format: ACCESS_LOG,
      },
    });
  }
}

function jwtOf({ jwtIssuer, jwtAudience }: Settings): IHttpRouteAuthorizer | undefined {
  if (jwtIssuer === undefined || jwtAudience === undefined) return undefined;
  return new HttpJwtAuthorizer('Jwt', jwtIssuer, { jwtAudience });
}

const cors = (allowOrigins: string[]) => ({
  allowOrigins,
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.POST,
    CorsHttpMethod.PUT,
    CorsHttpMethod.PATCH,
    CorsHttpMethod.DELETE,
  ],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
  exposeHeaders: ['etag', 'location', 'retry-after', 'x-request-id'],
  maxAge: Duration.hours(1),
});

/** Neither the path, which may hold a phone number, nor who asked from where: the route, and how it went. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    request: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTime(),
    route: '$context.routeKey',
    status: AccessLogField.contextStatus(),
    milliseconds: AccessLogField.contextResponseLatency(),
    bytes: AccessLogField.contextResponseLength(),
    error: AccessLogField.contextErrorResponseType(),
    lambda: '$context.integration.requestId',
    lambdaStatus: '$context.integration.status',
  }),
);
