package chart

// The colours of Okabe and Ito, told apart with every common colour blindness,
// with the light ones darkened: each has a contrast of 3:1 or more on white and on
// #111, JupyterLab's two backgrounds.
const (
	Blue       = "#0072b2"
	Vermillion = "#d55e00"
	Green      = "#009e73"
	Purple     = "#bf6a98"
	Ochre      = "#b07a00"
	Sky        = "#2e93c9"
	Grey       = "#797979"
)

// palette is in the order in which charts use it.
var palette = []string{Blue, Vermillion, Green, Purple, Ochre, Sky, Grey}

// symbols and dashes tell series apart without colour. The strokes are dashes as
// go-echarts takes them, which writes pixels only as code, and as many as the symbols.
var (
	symbols = []string{"circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyDiamond"}
	dashes  = []any{"solid", "dashed", "dotted", []int{8, 3, 2, 3}}
	strokes = []string{"solid", "dashed", "dotted", code("[8,3,2,3]"), code("[16,4]"), code("[8,3,2,3,2,3]"), code("[3,6]")}
)

// A chart's options name these in place of a colour; the layout puts the theme's
// colour there: of text, and of the outline and the inside of what was measured.
const (
	inkText         = "@text"
	inkMeasured     = "@measured"
	inkMeasuredFill = "@measuredFill"
)

// unseen is for symbols that legends draw and charts do not need.
const unseen = "rgba(0,0,0,0)"

// stillInk is for the picture, which stands on a light or a dark page and cannot
// know which: grey of 4.3:1 on both.
const stillInk = `{still:true,text:"#797979",faint:"rgba(128,128,128,0.7)",rule:"rgba(128,128,128,0.25)",ground:"#ffffff",measured:"#2e93c9",measuredFill:"rgba(46,147,201,0.4)"}`

// liveInks are for the live chart, which sees the page's theme.
const liveInks = `{light:{text:"#212121",faint:"#8a8a8a",rule:"#e4e4e4",ground:"#ffffff",measured:"#0072b2",measuredFill:"rgba(0,114,178,0.4)"},` +
	`dark:{text:"#e8e8e8",faint:"#8a8a8a",rule:"#3a3a3a",ground:"#202020",measured:"#56b4e9",measuredFill:"rgba(86,180,233,0.5)"}}`

// referenceFill is the inside of what was not measured here; its outline is the
// palette's second colour.
const referenceFill = "rgba(213,94,0,0.1)"
