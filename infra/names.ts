const PRODUCT = 'sms-workflows';

/**
 * Names that are ours to choose. Few things have one: those that stand in published workflows and must never change,
 * and those that something else has to tell by their beginning.
 */
export const namesOf = (stage: string) => {
  const prefix = `${PRODUCT}-${stage}`;
  return {
    stack: (part: 'data' | 'service') => `${prefix}-${part}`,
    /** Stands in every published definition. */
    stepFunction: `${prefix}-run-step`,
    /** Stands in every machine. Roles are global, so it is told apart by Region too. */
    executionRole: (region: string) => `${prefix}-${region}-machines`,
    /** Of machines made at run time: permissions and the teardown go by it. */
    machinePrefix: `${prefix}-`,
    /** Of a generated name two stages would get the same. */
    bus: prefix,
    /** EventBridge wants its log groups named so. */
    watchLog: `/aws/events/${prefix}`,
    metrics: `${PRODUCT}/${stage}`,
    dashboard: prefix,
  };
};
export type Names = ReturnType<typeof namesOf>;
