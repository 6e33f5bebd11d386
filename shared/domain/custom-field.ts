import * as z from 'zod';
import { FieldKey } from './contact.ts';
import { Instant } from './instant.ts';

export const FieldType = z.enum(['text', 'number', 'date', 'boolean']);
export type FieldType = z.infer<typeof FieldType>;

export const CustomFieldInput = z.strictObject({
  key: FieldKey,
  label: z.string().trim().min(1).max(60),
  type: FieldType,
});

/** A field that the business has declared; its type never changes. */
export const CustomField = CustomFieldInput.extend({ createdAt: Instant });
export type CustomField = z.infer<typeof CustomField>;
