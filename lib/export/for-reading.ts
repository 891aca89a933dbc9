import { maskDeep } from '@/lib/text/mask-deep'
import type { ExportModel } from './model'

/** Files that are written for reading: secrets in them are masked unless somebody gave a reason to show them. */
export const READING_FILES: readonly string[] = ['report.html', 'timeline.jsonl', 'process_trees.txt']

/** The model as people read it. What the rules look for stays: it is nobody's secret. */
export function forReading(model: ExportModel): ExportModel {
  if (model.secrets === 'shown') return model
  return { ...maskDeep({ ...model, rules: [] }), rules: model.rules }
}
