package chart

// The samples, for tests that import packages which import this one.
var (
	SamplePoints  = samplePoints
	SampleBars    = sampleBars
	SampleColumns = sampleColumns
	SampleLines   = sampleLines
	SamplePanels  = samplePanels
	SampleSpans   = sampleSpans
	SampleForeign = sampleForeign
	SamplePie     = samplePie
)
