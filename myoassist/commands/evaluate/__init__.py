"""`myoassist eval`: show the best of a run - report, video, plots, terms and gait metrics, written into its folder."""
