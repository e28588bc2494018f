/**
 * Exponential moving average with the start's bias removed (as Adam does, Kingma & Ba 2015, section 3):
 * m_t = f m_{t-1} + (1 - f) x_t, shown as m_t / (1 - f^t). A value that is not finite is passed on and left out of the average.
 */
export class MovingAverage {
  private mean = 0;
  private weight = 0;

  /** @param factor weight of the past, 0 (no smoothing) to below 1 */
  constructor(readonly factor: number) {}

  /** @param times as if the value had come so often, which need not be whole */
  next(value: number, times = 1): number {
    if (!Number.isFinite(value)) return value;
    const past = times === 1 ? this.factor : this.factor ** times;
    this.mean = past * this.mean + (1 - past) * value;
    this.weight = past * this.weight + (1 - past);
    return this.mean / this.weight;
  }
}
