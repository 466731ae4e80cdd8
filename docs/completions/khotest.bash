# SPDX-License-Identifier: GPL-2.0-or-later
# Completion for bash: khotest itself knows what could stand for the last word.

_khotest()
{
	local word line
	local -a words=()

	# bash parts --format=json at the sign
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		[ "$word" = = ] || words+=("$word")
	done
	[ "${COMP_WORDS[COMP_CWORD]}" != = ] || words+=("")
	word=${words[${#words[@]}-1]}
	COMPREPLY=()
	while IFS= read -r line; do
		if [ "$line" = :files ]; then
			compopt -o filenames 2>/dev/null
			while IFS= read -r line; do
				COMPREPLY+=("$line")
			done < <(compgen -f -- "$word")
		else
			COMPREPLY+=("$line")
		fi
	done < <("$1" --complete "${words[@]}" 2>/dev/null)
}
complete -F _khotest khotest
