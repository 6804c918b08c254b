/*
 * embed.c — writes files into a C source, so that the binary carries its schema.
 *
 *     embed OUTPUT.c NAME FILE…
 *
 * makes `const struct embedded_file NAME[]`, ended by a row of NULLs. Runs at build time only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void write_bytes(FILE *out, FILE *in)
{
    int c;
    for (int column = 0; (c = getc(in)) != EOF; column++)
        fprintf(out, "%d,%s", c, column % 24 == 23 ? "\n" : "");
    fputs("0};\n", out);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int main(int count, char **words)
{
    if (count < 3) {
        fputs("usage: embed OUTPUT.c NAME FILE...\n", stderr);
        return 2;
    }
    FILE *out = fopen(words[1], "w");
    if (!out)
        fail(words[1]);
    fputs("#include \"store/embedded.h\"\n", out);
    for (int i = 3; i < count; i++) {
        FILE *in = fopen(words[i], "rb");
        if (!in)
            fail(words[i]);
        fprintf(out, "static const unsigned char bytes_%d[] = {\n", i);
        write_bytes(out, in);
        fclose(in);
    }
    fprintf(out, "const struct embedded_file %s[] = {\n", words[2]);
    for (int i = 3; i < count; i++)
        fprintf(out, "    {\"%s\", bytes_%d, sizeof bytes_%d - 1},\n", base_name(words[i]), i, i);
    fputs("    {0, 0, 0},\n};\n", out);
    if (fclose(out) != 0)
        fail(words[1]);
    return 0;
}
