import * as z from 'zod/mini';
import { FieldKey } from './contact.ts';
import { Instant } from './instant.ts';

export const FieldType = z.enum(['text', 'number', 'date', 'boolean']);
export type FieldType = z.infer<typeof FieldType>;

export const CustomFieldInput = z.strictObject({
  key: FieldKey,
  label: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)),
  type: FieldType,
});

/** A field that the business has declared; its type never changes. */
export const CustomField = z.extend(CustomFieldInput, { createdAt: Instant });
export type CustomField = z.infer<typeof CustomField>;
