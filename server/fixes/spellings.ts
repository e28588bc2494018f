/** How other tools spell the settings of a spec: Hugging Face peft and transformers, LLaMA-Factory, and the field's short forms. */

/** Their word -> ours. A word is only offered where ours may stand. */
export const spellings: Readonly<Record<string, string>> = {
  // Hugging Face peft
  r: 'rank',
  lora_r: 'rank',
  lora_rank: 'rank',
  lora_alpha: 'alpha',
  lora_dropout: 'dropout',
  target_modules: 'targets',
  feedforward_modules: 'feedforward_targets',
  peft_type: 'type',
  prefix_projection: 'projection',
  encoder_hidden_size: 'projection_size',
  // LLaMA-Factory
  lora_target: 'targets',
  finetuning_type: 'type',
  // transformers' TrainingArguments
  num_train_epochs: 'num_epochs',
  per_device_train_batch_size: 'batch_size',
  train_batch_size: 'batch_size',
  lr_scheduler_type: 'lr_scheduler',
  adam_eps: 'adam_epsilon',
  model_name_or_path: 'path',
  image_size_px: 'image_size',
  // short forms
  lr: 'learning_rate',
  wd: 'weight_decay',
  bs: 'batch_size',
  epochs: 'num_epochs',
  n_epochs: 'num_epochs',
  steps: 'max_steps',
  warmup: 'warmup_ratio',
  grad_accum: 'gradient_accumulation_steps',
  accumulate_grad_batches: 'gradient_accumulation_steps',
  grad_clip: 'max_grad_norm',
  gradient_clip_val: 'max_grad_norm',
  scheduler: 'lr_scheduler',
  beams: 'num_beams',
  bottleneck: 'bottleneck_size',
  adapter_size: 'bottleneck_size',
  prefix_length: 'num_virtual_tokens',
  prompt_length: 'num_virtual_tokens',
};
