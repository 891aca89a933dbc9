/** What a sender may say the records are. */
export const FORMAT_CHOICES = [
  { value: 'auto', label: 'told from content' },
  { value: 'ecs', label: 'ECS, Elastic Defend' },
  { value: 'auditd', label: 'auditd log' },
] as const
