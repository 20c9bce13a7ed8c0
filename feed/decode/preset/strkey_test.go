package preset_test

import (
	"encoding/base32"
	"reflect"

	"livetape/feed/decode/preset"
)

func sameDefinition(a, b preset.Definition) bool { return reflect.DeepEqual(a, b) }

// goodKey checks a Stellar account's key: version 6<<3, 32 bytes, and CRC16-XMODEM in little endian.
func goodKey(s string) bool {
	raw, err := base32.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != 35 || raw[0] != 6<<3 {
		return false
	}
	var crc uint16
	for _, b := range raw[:33] {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return raw[33] == byte(crc) && raw[34] == byte(crc>>8)
}
