"""Drives the three interfaces of PySpark: model, corpus, folder to save to, file of answers."""

import sys

from pyramid_spark import PyramidGenerator, generate
from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession

model, corpus, saved, answers = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
prompts = spark.read.schema("id string, prompt string").json(corpus)
lines = []


def tell(name, rows):
    for row in sorted(rows.collect(), key=lambda row: row.id):
        lines.append(f"{name} {row.id} " + ("error" if row.error else row.text.replace("\\", "\\\\").replace("\n", "\\n")))


completed = generate(prompts, model, max_new_tokens=4, stop=["never said"], ignore_eos=False)
tell("generate", completed.select("id", "completion.text", "completion.error"))

generator = PyramidGenerator(inputCol="prompt", outputCol="answer", model=model, maxNewTokens=4, stop=["never said"], seed=0)
pipeline = Pipeline(stages=[generator]).fit(prompts)
tell("transformer", pipeline.transform(prompts).select("id", "answer.text", "answer.error"))
pipeline.write().overwrite().save(saved)
tell("loaded", PipelineModel.load(saved).transform(prompts).select("id", "answer.text", "answer.error"))

spark.conf.set("spark.pyramid.model", model)
prompts.createOrReplaceTempView("prompts")
tell("sql", spark.sql("""
    SELECT id, generate(prompt, 'max_new_tokens=4') AS text, CAST(NULL AS string) AS error
    FROM prompts WHERE id = 'one'"""))

try:
    generate(prompts, model, max_tokens=4)
except ValueError as refused:
    lines.append("refused " + ("There is no setting" if "there is no setting 'max_tokens'" in str(refused) else str(refused)))

with open(answers, "w") as file:
    file.write("\n".join(lines) + "\n")
