"""Starts MiniStack for test:aws: `python emulator.py [shim...]`, configured by environment variables as MiniStack is.

Each shim closes one gap of MiniStack that would keep the product from running at all. `gaps.ts` lists them, says why
each is needed, and asks an emulator WITHOUT shims whether the gap is still there. Nothing here is about the product.

The emulator ends with whoever started it: when standard input closes, its process group is killed.
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.request

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.responses import now_iso
from ministack.services import lambda_svc, sns, stepfunctions
from ministack.services.cloudformation import provisioners


def lambda_error_name():
    """A Node function's error keeps its name: as `errorType`, which Step Functions catches and retries by."""
    said, says = "error: String(err.message || err),", "error: String(err.message || err), name: err.name,"
    if lambda_runtime._NODEJS_WORKER_SCRIPT.count(said) != 1:
        raise SystemExit("lambda_error_name: MiniStack's Node worker is not the one this shim was written for")
    lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(said, says)
    last = threading.local()
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def named_invoke(self, *args, **options):
        response = invoke(self, *args, **options)
        last.name = response.get("name")
        return response

    def named_execute(func, event, request_id):
        last.name = None
        result = execute(func, event, request_id)
        if result.get("error") and last.name:
            result["body"]["errorType"] = last.name
        return result

    lambda_runtime.Worker.invoke = named_invoke
    lambda_svc._execute_function_warm = named_execute


def callback_error():
    """A function that fails in a `.waitForTaskToken` state fails the state, instead of leaving it to wait."""
    waiting = threading.local()
    call, wait = stepfunctions._call_lambda, stepfunctions._invoke_with_callback

    def told_call(func_ref, event):
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            task = stepfunctions._task_tokens.get(getattr(waiting, "token", None))
            if task:
                task["error"] = {"Error": error.error, "Cause": error.cause}
                task["event"].set()
            raise

    def told_wait(resource, input_data, token, state_def):
        waiting.token = token
        try:
            return wait(resource, input_data, token, state_def)
        finally:
            waiting.token = None

    stepfunctions._call_lambda = told_call
    stepfunctions._invoke_with_callback = told_wait


def computed_timeout():
    """`TimeoutSeconds` may be a JSONata expression."""
    execute = stepfunctions._execute_task

    def timed_execute(state_def, raw_input, execution, ctx):
        seconds = stepfunctions._apply_jsonata_template(state_def.get("TimeoutSeconds"), raw_input, ctx)
        state = state_def if seconds is None else {**state_def, "TimeoutSeconds": seconds}
        return execute(state, raw_input, execution, ctx)

    stepfunctions._execute_task = timed_execute


def redrive_count():
    """`$states.context.Execution.RedriveCount` is 0: MiniStack cannot redrive."""
    execute = stepfunctions._execute_task

    def counted_execute(state_def, raw_input, execution, ctx):
        ctx["Execution"].setdefault("RedriveCount", 0)
        return execute(state_def, raw_input, execution, ctx)

    stepfunctions._execute_task = counted_execute


def sms_voice_resources():
    """CloudFormation makes AWS::SMSVOICE resources at the fake carrier, which answers what `Ref` and `GetAtt` are."""
    carrier = os.environ["AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"]

    def tell(method, path, body):
        request = urllib.request.Request(carrier + path, json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def handler(resource_type):
        def create(logical_id, properties, _stack):
            made = tell("POST", "/resources", {"type": resource_type, "logicalId": logical_id, "properties": properties})
            return made["id"], made["attributes"]

        def delete(physical_id, _properties):
            tell("DELETE", "/resources", {"type": resource_type, "id": physical_id})

        return {"create": create, "delete": delete}

    for name in ("ConfigurationSet", "OptOutList", "PhoneNumber", "Pool", "ProtectConfiguration"):
        resource_type = f"AWS::SMSVOICE::{name}"
        provisioners._RESOURCE_HANDLERS[resource_type] = handler(resource_type)


def metric_math_alarms():
    """An alarm on an expression over metrics is taken for made; nothing ever evaluates it."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
    create, delete = handler["create"], handler["delete"]
    taken = set()

    def create_alarm(logical_id, properties, stack):
        if "Metrics" not in properties:
            return create(logical_id, properties, stack)
        name = f"{stack}-{logical_id}"
        taken.add(name)
        return name, {"Arn": f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"}

    def delete_alarm(name, properties):
        if name not in taken:
            delete(name, properties)

    handler["create"], handler["delete"] = create_alarm, delete_alarm


def sns_timestamp():
    """A notification says when SNS took it to the millisecond, not to the second."""

    class Time:
        def __getattr__(self, name):
            return getattr(time, name)

        def strftime(self, pattern, *moment):
            return now_iso() if pattern == "%Y-%m-%dT%H:%M:%S.000Z" else time.strftime(pattern, *moment)

    sns.time = Time()


def stream_failures():
    """What a function answers as failed of a stream's batch is told again, with the rest of its batch."""
    execute = lambda_svc._execute_function

    def heard_execute(func, event, *args, **options):
        result = execute(func, event, *args, **options)
        records = event.get("Records") if isinstance(event, dict) else None
        if records and records[0].get("eventSource") == "aws:dynamodb" and not result.get("error"):
            body = result.get("body")
            if isinstance(body, dict) and body.get("batchItemFailures"):
                return {**result, "error": True, "body": {"errorType": "BatchItemFailures", "errorMessage": str(body)}}
        return result

    lambda_svc._execute_function = heard_execute


def stop_of_ended():
    """Stopping an execution that has ended answers when it ended."""
    stop = stepfunctions._stop_execution

    def lenient_stop(data):
        execution = stepfunctions._executions.get(data.get("executionArn"))
        if execution and execution["status"] not in ("RUNNING", "ABORTED"):
            return stepfunctions.json_response({"stopDate": execution["stopDate"]})
        return stop(data)

    stepfunctions._stop_execution = lenient_stop


SHIMS = {
    shim.__name__: shim
    for shim in (
        lambda_error_name,
        callback_error,
        computed_timeout,
        redrive_count,
        sms_voice_resources,
        metric_math_alarms,
        sns_timestamp,
        stream_failures,
        stop_of_ended,
    )
}


def loopback_is_secure():
    """Calls over loopback are not encrypted, but count as such for policies that ask for TLS."""
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _secure: pin(source_ip, True)


def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        SHIMS[name]()
    sys.argv[1:] = []
    loopback_is_secure()
    threading.Thread(target=end_with_parent, daemon=True).start()
    app.main()
