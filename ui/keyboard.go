package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// keyboards are the letters of keyboards that have no Latin ones, in the places of latinLetters. A blank is no letter.
func keyboards() []string {
	return []string{
		"йцукенгшщзхъфывапролджячсмитьбю", // Russian
		"йцукенгшщзхїфівапролджячсмитьбю", // Ukrainian
		" ςερτυθιοπ  ασδφγηξκλ ζχψωβνμ  ", // Greek
		"  קראטוןםפ  שדגכעיחלך זסבהנמצ  ", // Hebrew
		"ضصثقفغعهخحجدشسيبلاتنم ئءؤر ىة  ", // Arabic
		"ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ  ㅁㄴㅇㄹㅎㅗㅓㅏㅣ ㅋㅌㅊㅍㅠㅜㅡ  ", // Korean
	}
}

const latinLetters = "qwertyuiop[]asdfghjkl;zxcvbnm,."

// onLatinKeyboard is a key as it is called on a Latin keyboard, by its place: a terminal tells the letter alone.
func onLatinKeyboard(msg tea.KeyMsg) tea.KeyMsg {
	if msg.Type != tea.KeyRunes || len(msg.Runes) != 1 {
		return msg
	}
	letter := string(msg.Runes)
	lower := strings.ToLower(letter)
	for _, letters := range keyboards() {
		place := strings.Index(letters, lower)
		if place < 0 || lower == " " {
			continue
		}
		latin := string(latinLetters[len([]rune(letters[:place]))])
		if lower != letter {
			latin = strings.ToUpper(latin)
		}
		msg.Runes = []rune(latin)
		break
	}
	return msg
}
